/** UTC days of a source: from `first` up to and without `end`. */
export interface BackfillSpan {
  readonly source: string;
  readonly first: number;
  readonly end: number;
}

/** Days that a person wants to be read once more. */
export interface BackfillPlan extends BackfillSpan {
  /** So many records a second at most, over a day and the pause behind it. */
  readonly perSecond: number;
}

/** How far a backfill is. Days since 1970-01-01 UTC, times in epoch milliseconds. */
export interface Backfill extends BackfillPlan {
  readonly state: "running" | "done" | "cancelled";
  /** The day that is read next; all before were read, or are gaps. */
  readonly next: number;
  /** Records that were shown, and those of them that were not known. */
  readonly fetched: number;
  readonly fresh: number;
  /** Days that could not be read, or only in part. */
  readonly gaps: number;
  readonly began: number;
  readonly changed: number;
  /** Why it does not get on. */
  readonly trouble?: string;
  /** What was known of these days goes to this output again, by a replay. */
  readonly output?: string;
}

/** How far a backfill is, as ingest needs to know it. */
export interface BackfillProgress extends Backfill {
  /** What the source gave for its next read of these days: opaque to everyone else. */
  readonly place?: string;
  /** Records that were shown of the day in progress. */
  readonly seen: number;
  /** How often that day failed in a row. */
  readonly failures: number;
}

/** What would come again: records that outputs had and the ledger has forgotten, and of how many days. */
export interface Forgotten {
  readonly days: number;
  readonly records: number;
}
