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

/** What the clean end of a read leaves open. */
export interface ReadEnd {
  /** New records of which it cannot be told which of their twins they are. */
  readonly undecided: number;
  /** Twins that show on two pages only: one more read tells whether they are true. */
  readonly doubted: number;
  /** Some of these the read before had left open too, and they were renamed in between: it told nothing. */
  readonly renewed: boolean;
  /** New records that could not be held until the end: one more read brings them. */
  readonly missing: number;
}
