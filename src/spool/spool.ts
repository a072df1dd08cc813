import type { SpooledRecord } from "../record/record.ts";
import type { BookRow, SpoolState, StoredDeadLetter } from "./spool-state.ts";

/** How much one read for an output may bring. */
export interface Limit {
  readonly events: number;
  /** Bytes of the records; one record is always given, however large. */
  readonly bytes: number;
}

/** Records of one source and UTC day that an output is done with. */
export interface SettledCounts {
  readonly source: string;
  readonly day: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
}

/** A record that was given up for an output, and why. `reason` is stable, `detail` is for people. */
export interface DeadLetter {
  readonly record: SpooledRecord;
  readonly reason: string;
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What became of a `settle`: written down, or the disk had no room for it and everything is as it was. */
export type Settled =
  | { readonly status: "settled" }
  | { readonly status: "no_room"; readonly detail: string; readonly fix: string };

/**
 * The spool as everybody but ingest sees it. Every answer is a promise, and every argument and answer is a
 * value that survives a structured clone: who asks may stand in another thread, and the state may lie in a
 * database that several hosts share. Rejects with SpoolError when the state cannot be trusted any more, which
 * ends the process.
 */
export interface Spool {
  /** Where an output got to: the `seq` of the last record it is done with, 0 before the first. */
  position(output: string): Promise<number>;
  /**
   * What follows `after` in spool order, empty when nothing does. Every record is verified. Damaged ones are
   * set aside, show in `state().damage` and are passed over: that is the only way `seq` can jump.
   */
  read(after: number, limit: Limit): Promise<readonly SpooledRecord[]>;
  /**
   * Moves an output's position to `through`, with the counts and the dead letters of what lies between: all
   * of it or nothing, and on disk when it resolves. Counts that do not cover exactly that, and a position
   * that would move back or past the head, are bugs and reject.
   */
  settle(
    output: string,
    through: number,
    counts: readonly SettledCounts[],
    dead: readonly DeadLetter[],
  ): Promise<Settled>;
  /** Sources, outputs, room and damage, all of one moment. */
  state(): Promise<SpoolState>;
  /** By output, source and UTC day. */
  books(): Promise<readonly BookRow[]>;
  /** Oldest first. */
  deadLetters(output: string, limit: number): Promise<readonly StoredDeadLetter[]>;
  /**
   * Removes what every output settled and what is older than `keep_delivered`, or of any age while the limit
   * is reached. Resolves with the number of records removed. Takes a few chunks at most, so that it stays
   * short: call again while it gives more than 0.
   */
  prune(now: number): Promise<number>;
}
