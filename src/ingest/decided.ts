import type { RawRecord } from "../record/record.ts";

/** A record that waited and is new. */
export interface DecidedRecord {
  readonly record: RawRecord;
  readonly ordinal: number;
}

/** What was decided of a ledger day's records that waited. */
export interface DecidedDay {
  readonly day: number;
  readonly fresh: readonly DecidedRecord[];
  /** How many turned out to be known, or come again in the next read. */
  readonly known: number;
}
