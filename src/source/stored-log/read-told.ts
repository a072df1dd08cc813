import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { Start } from "../../schema/start.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { type Clock, dayMs } from "../../time/clock.ts";
import { Records } from "../wandb-log/records.ts";
import { contentFault } from "./content.ts";
import { readVolume, type VolumeEnd } from "./read-volume.ts";
import type { Shelf, Volume } from "./volume.ts";
import { VolumeAnchor } from "./volume-anchor.ts";

/** What volumes are read with. */
export interface ShelfReaderOptions {
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly start: Start;
  /** Where the volumes are, in words that stay the same for as long as that is the same place. */
  readonly place: string;
  /** As `VolumeAnchorOptions.lookback`. */
  readonly lookback: number;
  readonly maxLine: number;
  /** The names of volumes whose content is taken however malformed it is. */
  readonly acceptMalformed: readonly string[];
  readonly scrub: Scrub;
  /** What is there is meant to stay, and may be rewritten: a bucket, not a folder of log files. */
  readonly archive: boolean;
}

/** A volume that is to be read, and of it what is wanted. */
export interface ToldVolume {
  readonly volume: Volume;
  /** Where it begins, bytes. */
  readonly from: number;
  /** What ended when it began, as `endedBefore`. */
  readonly ended: readonly { readonly volume: Volume; readonly from: number }[];
  /** Entries of this time, epoch milliseconds; `to` is exclusive. */
  readonly wanted: { readonly from: number; readonly to?: number };
}

/** What was read of it. */
export interface VolumeRead {
  readonly end: VolumeEnd;
  readonly anchor: VolumeAnchor;
  readonly records: Records;
}

/**
 * Reads a volume so that its twins are told apart: what may have some in volumes that ended when it began
 * counts with it. Throws VolumeError and what the shelf throws.
 */
export async function* readTold(
  options: ShelfReaderOptions,
  { volume, from, ended, wanted }: ToldVolume,
  stop: AbortSignal,
  passages: KnownPassages | undefined,
): AsyncGenerator<Piece, VolumeRead> {
  const { maxLine, scrub, clock, lookback } = options;
  const anchor = new VolumeAnchor({ from, lookback, latest: clock.now() + dayMs, maxLine });
  const acceptMalformed = options.acceptMalformed.includes(volume.name);
  const records = new Records(wanted.from, { scrub, acceptMalformed, spread: anchor, end: wanted.to });
  const common = { ...options, records, passages, acceptMalformed, stop };
  // What may have twins in this one counts with it, and is known.
  for (const before of ended) {
    const elsewhere = new VolumeAnchor({ from: before.from, lookback, latest: 0, maxLine });
    yield* readVolume({ ...common, ...before, anchor: elsewhere });
  }
  const end = yield* readVolume({ ...common, volume, from, anchor });
  const failure = records.finish();
  if (records.size > 0) yield records.take();
  if (failure !== undefined) throw contentFault(volume.name, failure);
  return { end, anchor, records };
}
