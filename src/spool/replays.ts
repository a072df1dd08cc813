import type { SpooledRecord } from "../record/record.ts";
import type { NewRecords } from "./chunk/new-records.ts";
import type { Replay, Replayable, ReplayFilter, ReplayPlan } from "./replay.ts";
import type { Limit } from "./spool.ts";

/** The replay that days of a source are read for. */
export interface ReadFor {
  readonly id: string;
  readonly output: string;
  readonly filter: ReplayFilter;
  /** What waits to be sent of what was shown, and how much may, bytes. */
  readonly bytes: number;
  readonly mostBytes: number;
}

/** Known records that a read has shown, for a replay that is read for. */
export interface ShownRecords {
  readonly id: string;
  /** UTC day, days since 1970-01-01. */
  readonly day: number;
  readonly records: NewRecords;
  /** By what they are known, 16 bytes each: nothing that is there under `Replays.taken` comes again. */
  readonly keys: Buffer;
}

/**
 * By what it is known that a record of a day need not be handed over: `known` records that are sent from the
 * run or for the first time, `knownBytes` each; `keys` as they came with `ShownRecords`, or a uid.
 */
export interface TakenPiece {
  readonly form: "known" | "keys";
  readonly bytes: Buffer;
}

/** Where replays are begun and ended. Every call is one transaction. Throws SpoolError. */
export interface Replays {
  of(output: string): Replay | undefined;
  /**
   * Gives back what is under way then: another one that is not done stays, and the same one goes on as fast
   * as it is wanted now.
   */
  plan(plan: ReplayPlan): Replay;
  /** False: none is under way. */
  cancel(output: string): boolean;
  /** What there is to send again of what the output is past. */
  available(output: string, first: number, end: number): Replayable;
  /** The one that the days of this source are read for, while it and its backfill are under way. */
  readFor(source: string): ReadFor | undefined;
  /** What of a ledger day of an instance is not wanted of its sources any more. */
  taken(id: string, instance: string, day: number): Iterable<TakenPiece>;
  /** What sources have shown for the replay of an output, after the place `after`: see `ShownQueue`. */
  shown(output: string, after: number, limit: Limit): readonly SpooledRecord[];
}
