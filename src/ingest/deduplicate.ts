import { entryTime } from "../record/entry.ts";
import type { NewRecord, RawRecord } from "../record/record.ts";
import { type FetchCounts, undatedDay } from "../spool/store.ts";
import { type Instant, msOfInstant } from "../time/clock.ts";
import { bookDay, ledgerDay } from "./book-day.ts";
import { faultIdentity, faultUid, ledgerIdentity, uidOf } from "./identity.ts";
import type { Ledger } from "./ledger.ts";

/** W&B syncs its log every ten minutes; what shows up later than this after a complete read is late. */
const settleMs = 15 * 60_000;

/** Tells new records from known ones, and counts both for the books. */
export interface Deduplicator {
  /**
   * The record to keep, or undefined when it is known. `today` is the UTC day, `watermark` the end of what
   * was read completely before.
   */
  newRecordOf(record: RawRecord, today: number, watermark: number | undefined): NewRecord | undefined;
  /** Empties the counts: they go to disk with exactly one transaction. */
  takeCounts(): FetchCounts[];
}

/** Tells records of `instance` apart by what `ledger` knows. */
export function deduplicator(ledger: Ledger, instance: string): Deduplicator {
  let counts = new Map<number, { day: number; fetched: number; known: number }>();

  function count(day: number, known: boolean): void {
    let row = counts.get(day);
    if (row === undefined) {
      row = { day, fetched: 0, known: 0 };
      counts.set(day, row);
    }
    row.fetched++;
    if (known) row.known++;
  }

  function uid(
    record: RawRecord,
    time: Instant | undefined,
    day: number,
    ordinal: number,
    identity: string,
  ): string {
    if (record.entry === undefined) return faultUid(record.bytes, instance, day, ordinal);
    // The identity of a dated record is the uid of its first twin.
    if (time !== undefined && ordinal === 1) return identity;
    return uidOf(record.entry, time, instance, day, ordinal);
  }

  return {
    newRecordOf(record, today, watermark) {
      const { bytes, entry, fault } = record;
      const time = entry === undefined ? undefined : entryTime(entry);
      const day = time === undefined ? today : Math.floor(time.seconds / 86_400);
      const identity =
        entry === undefined ? faultIdentity(bytes, instance) : ledgerIdentity(entry, time, instance);
      const ordinal = ledger.see(time === undefined ? undatedDay : ledgerDay(day), identity);
      const books = time === undefined ? today : bookDay(day, today, watermark);
      count(books, ordinal === 0);
      if (ordinal === 0) return undefined;
      return {
        uid: uid(record, time, day, ordinal, identity),
        day: books,
        bytes,
        late: time !== undefined && watermark !== undefined && msOfInstant(time) < watermark - settleMs,
        ...(time === undefined ? {} : { time }),
        ...(fault === undefined ? {} : { fault }),
      };
    },

    takeCounts() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
  };
}
