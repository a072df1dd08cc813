import type { Replay } from "../replay.ts";

/** A part of the spool that an output gets again: what of it is left begins at `nextSeq`. */
export interface StretchRow {
  output: string;
  id: number;
  cause: string;
  firstSeq: number;
  nextSeq: number;
  through: number;
  at: number;
}

/** Where an output's position was at a time, epoch milliseconds. */
export interface MarkRow {
  output: string;
  at: number;
  position: number;
}

/** A replay as it is on disk. `wanted`: its filter, as JSON. */
export interface ReplayRow {
  output: string;
  id: string;
  state: Replay["state"];
  wanted: string;
  perSecond: number;
  firstSeq: number;
  nextSeq: number;
  through: number;
  sent: number;
  refused: number;
  removed: number;
  began: number;
  changed: number;
  trouble: string | null;
}

/** For which replay the days of a source are read, or were read last. */
export interface AgainSourceRow {
  source: string;
  id: string;
}

/** The next record that is to be sent of what sources showed for a replay, and the next free place. */
export interface AgainPlaceRow {
  id: string;
  next: number;
  free: number;
}

/** Records that a source showed for a replay, as `chunk-codec.ts` has them. */
export interface AgainRow {
  id: string;
  firstSeq: number;
  count: number;
  source: string;
  observedSeconds: number;
  observedNanos: number;
  bytes: Uint8Array;
}

/** By what records of a UTC day are known that need not be handed over any more, 16 bytes each. */
export interface AgainKeyRow {
  id: string;
  day: number;
  firstSeq: number;
  keys: Uint8Array;
}

/** Their columns, in the order of their seals. */
export const againColumns = {
  stretch: ["output", "id", "cause", "firstSeq", "nextSeq", "through", "at"],
  mark: ["output", "at", "position"],
  replay: [
    ...(["output", "id", "state", "wanted", "perSecond", "firstSeq", "nextSeq", "through"] as const),
    ...(["sent", "refused", "removed", "began", "changed", "trouble"] as const),
  ],
  againSource: ["source", "id"],
  againPlace: ["id", "next", "free"],
  again: ["id", "firstSeq", "count", "source", "observedSeconds", "observedNanos", "bytes"],
  againKey: ["id", "day", "firstSeq", "keys"],
} as const;

/** What is written down of a replay. */
export function rowOfReplay({ filter, trouble, ...others }: Replay): ReplayRow {
  return { ...others, wanted: JSON.stringify(filter), trouble: trouble ?? null };
}

/** What was written down. */
export function replayOfRow({ wanted, trouble, ...others }: ReplayRow): Replay {
  return { ...others, filter: JSON.parse(wanted), ...(trouble === null ? {} : { trouble }) };
}
