import type { DecidedDay, DecidedRecord } from "./decided.ts";

/** What is decided of records of one ledger day that waited, until somebody takes it. */
export class DecidedRecords {
  fresh: DecidedRecord[] = [];
  shown: DecidedRecord[] = [];
  known = 0;

  /** Empties it. */
  take(day: number): DecidedDay {
    const { fresh, shown, known } = this;
    this.fresh = [];
    this.shown = [];
    this.known = 0;
    return { day, fresh, shown, known };
  }
}
