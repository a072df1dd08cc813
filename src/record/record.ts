import type { Instant } from "../time/clock.ts";
import type { Entry } from "./entry.ts";

/** An entry as the source sent it. `bytes` is what was received, without the line's end. */
export interface RawRecord {
  readonly bytes: Buffer;
  /** The decoded object; absent when `fault` is set. */
  readonly entry?: Entry;
  /**
   * Why it cannot be decoded (`not_json`, `line_too_long`, ...). Such a record is quarantined: kept,
   * delivered as an unparseable event, never dropped.
   */
  readonly fault?: string;
  /**
   * Which page of its window showed it, from 1; absent on the first. Between two pages entries may move: one
   * that shows on both may be one entry.
   */
  readonly page?: number;
}

/** The same in memory of its own, so that it does not hold all that came with it. */
export function detached<Detached extends Pick<RawRecord, "bytes" | "entry">>(record: Detached): Detached {
  const bytes = Buffer.from(record.bytes);
  return { ...record, bytes, ...(record.entry && { entry: record.entry.over(bytes) }) };
}

/** A record the ledger did not know, ready to be kept. */
export interface NewRecord {
  /** 16 bytes as so many Latin-1 characters; `identity.ts` says how it is made. */
  readonly uid: string;
  /**
   * UTC day (days since the epoch) whose books it is counted in: its own, or for an undated record the day it
   * was first seen. All that are dated where no entry can be have one together.
   */
  readonly day: number;
  readonly bytes: Buffer;
  /** Event time; absent for an undated record. */
  readonly time?: Instant;
  /** It appeared after a complete read that should have held it. */
  readonly late: boolean;
  readonly fault?: string | undefined;
  /** The decoded object of a dated one: good until its bytes are used again. */
  readonly entry?: Entry;
}

/**
 * A kept record as an output reads it. `seq` is its place in the spool's order, from 1, without holes. A
 * value that survives a structured clone.
 */
export interface SpooledRecord {
  readonly seq: number;
  readonly source: string;
  /** 32 hexadecimal digits. */
  readonly uid: string;
  readonly day: number;
  readonly bytes: Uint8Array;
  readonly late: boolean;
  readonly fault?: string | undefined;
  /** When the daemon first saw it. */
  readonly observed: Instant;
}

/**
 * Records in the order of the spool, each made when it is asked for: objects for all of them would grow old
 * before most had their turn. An array is one.
 */
export interface SpooledRecords {
  readonly length: number;
  /** Counted from 0. */
  at(index: number): SpooledRecord | undefined;
  /**
   * The same, where there is no object for each: good until the next one is looked at, and no value that can
   * be cloned.
   */
  look?(index: number): SpooledRecord;
  /** The next one to be looked at, if there is one, begins at `at` of the memory that the last one is in. */
  reached?(index: number, at: number): void;
  /**
   * Nothing of them is wanted any more: memory that they share may go at once. Whoever does not say so leaves
   * it to the collector. To be called once.
   */
  done?(): void;
}
