import type { ArchiveStore } from "../../archive/archive-store.ts";
import { readArchiveLine, writeArchiveLine } from "../../archive/line.ts";
import { lineDigest } from "../../archive/line-digest.ts";
import { dayFolder, freeName, plannedStem } from "../../archive/names.ts";
import type { FilePacking } from "../../archive/packing.ts";
import { sha256 } from "../../archive/sha256.ts";
import type { StoredFile } from "../../record/stored-file.ts";
import type { Clock } from "../../time/clock.ts";
import type { Output, PlanContext, PlanResult, RetryResult, SendResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { FileMemory } from "./file-memory.ts";
import { type BatchPlan, digestOfUids, linesByDay, type PlannedFile, readPlan } from "./plan.ts";
import { type ReadFile, StoredAlready } from "./stored-already.ts";

/** What an archive output is made with. */
export interface ArchiveOutputOptions {
  readonly store: ArchiveStore;
  readonly packing: FilePacking;
  readonly clock: Clock;
  /** Makes random GUIDs. */
  readonly guid: () => string;
  /** What an error of the store means. */
  readonly failed: (error: unknown, deadline: AbortSignal) => RetryResult;
}

/** A file that is made and not stored yet. */
interface MadeFile {
  readonly file: StoredFile;
  readonly bytes: Buffer;
}

/** A batch that may be stored. */
interface Ready {
  readonly plan: string;
  readonly made: readonly MadeFile[];
  readonly found: readonly StoredFile[];
  /** Was not stored in time, or failed: the store may still read what it was given. */
  readonly astray?: boolean;
}

/** Files of records, one or several for a batch, that are never changed again. */
export function archiveOutput(options: ArchiveOutputOptions): Output {
  const { store, failed } = options;
  const memory = new FileMemory();
  const planner = new Planner(options, memory);
  let ready: Ready | undefined;

  async function storeAll({ made, found, astray }: Ready, deadline: AbortSignal): Promise<SendResult> {
    const files = [...found];
    for (const { file, bytes } of made) {
      if ((await store.put(file.name, bytes, deadline)) === "exists") return otherwise(file);
      files.push(file);
    }
    if (astray !== true) for (const { bytes } of made) memory.giveBack(bytes);
    return { status: "delivered", rejected: [], files };
  }

  return {
    encode: writeArchiveLine,

    async plan(batch, context, deadline): Promise<PlanResult> {
      try {
        if (ready === undefined || ready.plan !== context.before)
          ready = await planner.plan(batch, context, deadline);
        return { status: "planned", plan: ready.plan };
      } catch (error) {
        return failed(error, deadline);
      }
    },

    async send(_, deadline): Promise<SendResult> {
      if (ready === undefined) throw new Error("nothing is stored that was not planned");
      const going = ready;
      try {
        const result = await storeAll(going, deadline);
        if (result.status === "delivered" || result.reason === "file_changed") ready = undefined;
        return result;
      } catch (error) {
        ready = { ...going, astray: true };
        return failed(error, deadline);
      }
    },

    probe: (deadline) => store.findings(deadline),
    close: () => store.close(),
  };
}

/** What stands there is looked at when the batch is planned again. */
function otherwise({ name }: StoredFile): RetryResult {
  return {
    status: "retry",
    reason: "file_changed",
    detail: `${name} is there already, with other bytes`,
    fix: "none: what is in it is looked at, and what is not goes under another name",
    retryAfterMs: 0,
  };
}

class Planner {
  readonly #options: ArchiveOutputOptions;
  readonly #memory: FileMemory;
  readonly #already: StoredAlready;

  constructor(options: ArchiveOutputOptions, memory: FileMemory) {
    this.#options = options;
    this.#memory = memory;
    this.#already = new StoredAlready(options.store);
  }

  async plan(batch: Payloads, context: PlanContext, deadline: AbortSignal): Promise<Ready> {
    const before = readPlan(context.before);
    const days = linesByDay(batch);
    const stem = before?.stem ?? (context.ofRun ? this.#stem() : stemOf([...days.values()].flat()));
    const made: MadeFile[] = [];
    const found: StoredFile[] = [];
    const files: PlannedFile[] = [];
    for (const [day, lines] of [...days].sort(([a], [b]) => a - b)) {
      deadline.throwIfAborted();
      const whole = await this.#already.asPlanned(day, before?.files ?? [], lines, deadline);
      if (whole !== undefined) {
        found.push(whole);
        continue;
      }
      const there = await this.#lookAt(day, context, deadline);
      const planned = new Set(before?.files.map(({ sha256 }) => sha256));
      const isOurs = ({ name, sha256 }: StoredFile) => planned.has(sha256) || there.settled.has(name);
      const has = holding(there.read, lines, { batch, isOurs });
      found.push(...has.files);
      const left = lines.filter(({ uid }) => !has.uids.has(uid));
      if (left.length === 0) continue;
      const { packing } = this.#options;
      const name = freeName(dayFolder(day), stem, packing.extension, (each) => there.names.has(each));
      const text = batch.bytesOf(left.map(({ index }) => index));
      const bytes = this.#memory.apartFrom(text, await packing.pack(text));
      const hash = sha256(bytes);
      made.push({ file: { name, day, size: bytes.length, sha256: hash, records: left.length }, bytes });
      const uids = digestOfUids(left.map(({ uid }) => uid));
      files.push({ name, records: left.length, uids, sha256: hash });
    }
    const plan: BatchPlan = { stem, files, found: found.map(({ name }) => name) };
    return { plan: JSON.stringify(plan), made, found };
  }

  /** Files of a day, and what those hold in which records of the batch may be. */
  async #lookAt(day: number, { ofRun, stored }: PlanContext, deadline: AbortSignal) {
    const files = await this.#already.filesOf(day, deadline);
    const settled = new Set(files.size > 0 ? await stored(day) : []);
    // What is settled holds nothing that follows the position.
    const open = [...files].filter(([name]) => !(ofRun && settled.has(name)));
    return { names: files, settled, read: await this.#already.read(day, open, deadline) };
  }

  /** `20260801T101500Z-1b2c3d4e`: names begin with when they were made, and are nobody else's. */
  #stem(): string {
    const { clock, guid } = this.#options;
    return plannedStem(clock.now(), guid().slice(0, 8));
  }
}

/** What goes beside the run is not written down: whenever it is planned, its files have the same names. */
function stemOf(lines: readonly { readonly uid: string }[]): string {
  return `beside-${digestOfUids(lines.map(({ uid }) => uid)).slice(0, 16)}`;
}

/**
 * Which of these lines are in which files. One that is not known to be ours is none of them if a record there
 * says something else under its uid: whoever may write there can write any uid beside what he likes.
 */
function holding(
  read: readonly ReadFile[],
  lines: readonly { readonly index: number; readonly uid: string }[],
  { batch, isOurs }: { readonly batch: Payloads; readonly isOurs: (file: StoredFile) => boolean },
) {
  const found = new Set<string>();
  const says = (index: number) => lineDigest(readArchiveLine(batch.at(index).toString("utf8")));
  const files = read.filter(({ file, said }) => {
    const held = lines.filter(({ uid }) => said.has(uid));
    if (!isOurs(file) && held.some(({ index, uid }) => said.get(uid) !== says(index))) return false;
    for (const { uid } of held) found.add(uid);
    return held.length > 0;
  });
  return { uids: found, files: files.map(({ file }) => file) };
}
