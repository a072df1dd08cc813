import type { RawRecord } from "../record/record.ts";
import type { Identity } from "./identity.ts";

/** A record that waited, and which of its twins it is. */
export interface DecidedRecord {
  readonly record: RawRecord;
  readonly ordinal: number;
}

/** Wants the known records that a read shows, and has some of them. */
export interface WantsKnown {
  /** It has the `ordinal`-th of this identity, or does not want it. */
  isTaken(identity: Identity, ordinal: number): boolean;
}

/** What was decided of a ledger day's records that waited. */
export interface DecidedDay {
  readonly day: number;
  readonly fresh: readonly DecidedRecord[];
  /** Which known ones were shown, where the read wants to know that. */
  readonly shown: readonly DecidedRecord[];
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

/** A new record that had to wait. Without `record` there was no room to hold it: it is to be read again. */
export interface Released {
  readonly ordinal: number;
  readonly digest: number;
  readonly record: RawRecord | undefined;
  /** It was known before, and lost. */
  readonly recovered: boolean;
}

/** What the end of a read tells about one identity. */
export interface Decision {
  /** How many of those that waited are known. */
  readonly known: number;
  readonly released: readonly Released[];
  /** Which known records show other names now. */
  readonly renamed: readonly (readonly [ordinal: number, digest: number])[];
  /** Nothing was decided: the next read has to show it once more. */
  readonly postponed: boolean;
  /** Of how many new ones it cannot be told which they are. */
  readonly undecided: number;
  /** Which known ones those were that waited. Without `record` there was no room to hold it. */
  readonly shown: readonly ShownTwin[];
}

/** A known record that had to wait. */
export interface ShownTwin {
  readonly ordinal: number;
  readonly record: RawRecord | undefined;
}
