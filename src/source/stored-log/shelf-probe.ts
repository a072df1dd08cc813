import type { Finding } from "../../finding.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { counted, durationText, sizeText } from "../../text/amounts.ts";
import { type Clock, dayMs } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import { Records } from "../wandb-log/records.ts";
import { contentFault } from "./content.ts";
import { readVolume } from "./read-volume.ts";
import { type Shelf, type Volume, VolumeError } from "./volume.ts";
import { VolumeAnchor } from "./volume-anchor.ts";

/** A larger one is tried by its beginning alone. */
const triedBytes = 64 * 1024 * 1024;

/** What a probe is made with. */
export interface ShelfProbeOptions {
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly maxLine: number;
  readonly scrub: Scrub;
  /** What to do when nothing is there, and that is no error. */
  readonly whenEmpty: string;
  readonly deadline: AbortSignal;
}

/** Looks through the volumes and reads the newest. Never throws: what goes wrong is a finding. */
export async function probeShelf(options: ShelfProbeOptions): Promise<Finding[]> {
  const { shelf, deadline, whenEmpty, clock } = options;
  const findings: Finding[] = [];
  try {
    const { count, bytes, newest, oldest, troubles } = await lookThrough(shelf, deadline);
    findings.push(...troubles.map(problem));
    if (newest === undefined) {
      if (troubles.length === 0)
        findings.push({ level: "warning", text: `no ${shelf.noun} is there`, fix: whenEmpty });
      return findings;
    }
    const age = durationText((clock.now() - newest.changedAt) / 1000);
    const back = oldest === undefined || count === 1 ? "" : `, and the oldest ${oldest.name}`;
    findings.push({
      level: "ok",
      text: `${counted(count, shelf.noun)}, ${sizeText(bytes)}; the newest is ${newest.name}, changed ${age} ago${back}`,
    });
    findings.push(await tried(options, newest));
  } catch (error) {
    findings.push(problem(error));
  }
  return findings;
}

async function lookThrough(shelf: Shelf, stop: AbortSignal) {
  const troubles: VolumeError[] = [];
  let count = 0;
  let bytes = 0;
  let newest: Volume | undefined;
  let oldest: Volume | undefined;
  const look = { known: new Map(), found: false, trouble: (error: VolumeError) => void troubles.push(error) };
  for await (const volume of shelf.list({ ...look, stop })) {
    stop.throwIfAborted();
    if (volume.size === 0) continue;
    count++;
    bytes += volume.size;
    if (newest === undefined || volume.changedAt > newest.changedAt) newest = volume;
    if (oldest === undefined || volume.changedAt < oldest.changedAt) oldest = volume;
  }
  return { count, bytes, newest, oldest, troubles };
}

async function tried(options: ShelfProbeOptions, volume: Volume): Promise<Finding> {
  const { clock, maxLine, scrub, deadline } = options;
  const whole = volume.size <= triedBytes;
  const anchor = new VolumeAnchor({ from: 0, lookback: 0, latest: clock.now() + dayMs, maxLine });
  const records = new Records(0, { scrub, acceptMalformed: false, spread: anchor });
  const reading = readVolume({
    ...options,
    ...{ volume, from: 0, records, anchor, passages: undefined, acceptMalformed: false, stop: deadline },
  });
  let step = await reading.next();
  while (step.done !== true && (whole || anchor.offset < triedBytes)) step = await reading.next();
  if (step.done !== true) await reading.return(undefined as never);
  const failure = whole ? records.finish() : undefined;
  if (failure !== undefined) throw contentFault(volume.name, failure);
  const packing = step.done === true && step.value.coding !== "plain" ? `, ${step.value.coding}` : "";
  const { newest } = records.times;
  const last =
    newest === undefined ? "" : `, the newest ${durationText(Math.max(0, clock.now() - newest) / 1000)} old`;
  return {
    level: records.total > 0 ? "ok" : "warning",
    text: `${volume.name} holds ${whole ? "" : "at least "}${counted(records.total, "entry", "entries")}${last}${packing}`,
    ...(records.total === 0 && { fix: "see whether W&B writes its audit log there" }),
  };
}

function problem(error: unknown): Finding {
  if (error instanceof VolumeError || error instanceof SourceError)
    return { level: "problem", text: `${error.reason}: ${error.message}`, fix: error.fix };
  return {
    level: "problem",
    text: "it could not be looked through in time",
    fix: "give it longer with --timeout, or see whether a firewall drops what is sent",
  };
}
