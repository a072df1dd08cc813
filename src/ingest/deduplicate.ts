import { entryTime } from "../record/entry.ts";
import type { NewRecord, RawRecord } from "../record/record.ts";
import { type FetchCounts, undatedDay } from "../spool/store.ts";
import { msOfInstant } from "../time/clock.ts";
import { bookDay, ledgerDay } from "./book-day.ts";
import { faultIdentity, faultUid, ledgerIdentity, uidOf } from "./identity.ts";
import type { LedgerRead } from "./ledger-read.ts";
import { namesDigest, noNames } from "./names.ts";
import { known, waits } from "./showing.ts";

/** W&B syncs its log every ten minutes; what shows up later than this after a complete read is late. */
const settleMs = 15 * 60_000;

/** Which read's records are told apart. */
export interface DeduplicatorOptions {
  readonly read: LedgerRead;
  readonly instance: string;
  /** The id of the state, which nobody knows who chooses names. */
  readonly stateId: string;
  /** The end of what was read completely before, epoch milliseconds. */
  readonly watermark: number | undefined;
}

/** Tells new records from known ones, and counts both for the books. `today` is the UTC day. */
export interface Deduplicator {
  /** The record to keep, or undefined when it is known or waits. */
  newRecordOf(record: RawRecord, today: number): NewRecord | undefined;
  /** So many known records of a ledger day were shown once more. */
  again(day: number, records: number, today: number): void;
  /** The records to keep among those that waited, as far as it is decided. */
  decided(today: number): NewRecord[];
  /** Empties the counts: they go to disk with exactly one transaction. */
  takeCounts(): FetchCounts[];
}

/** Tells the records of one read apart by what its ledger knows. */
export function deduplicator(options: DeduplicatorOptions): Deduplicator {
  const { read, instance, stateId, watermark } = options;
  let counts = new Map<number, { day: number; fetched: number; known: number }>();

  function count(day: number, fetched: number, knownOnes: number): void {
    let row = counts.get(day);
    if (row === undefined) {
      row = { day, fetched: 0, known: 0 };
      counts.set(day, row);
    }
    row.fetched += fetched;
    row.known += knownOnes;
  }

  /** In whose books a ledger day is counted: undated records are those of the day they were seen. */
  function booksOf(day: number, today: number): number {
    return day === undatedDay ? today : bookDay(day, today, watermark);
  }

  /** `identity` where it is at hand: that of a dated record is the uid of its first twin. */
  function newRecord(record: RawRecord, ordinal: number, today: number, identity?: string): NewRecord {
    const { bytes, entry, fault } = record;
    const time = entry === undefined ? undefined : entryTime(entry);
    const day = time === undefined ? today : Math.floor(time.seconds / 86_400);
    const books = time === undefined ? today : bookDay(day, today, watermark);
    const uid =
      time !== undefined && ordinal === 1 && identity !== undefined
        ? identity
        : entry === undefined
          ? faultUid(bytes, instance, day, ordinal)
          : uidOf(entry, time, instance, day, ordinal);
    if (time === undefined)
      return { uid, day: books, bytes, late: false, ...(fault === undefined ? {} : { fault }) };
    const late = watermark !== undefined && msOfInstant(time) < watermark - settleMs;
    return { uid, day: books, bytes, late, time };
  }

  return {
    newRecordOf(record, today) {
      const { bytes, entry, page = 0 } = record;
      const time = entry === undefined ? undefined : entryTime(entry);
      const day = time === undefined ? undatedDay : ledgerDay(Math.floor(time.seconds / 86_400));
      const identity =
        entry === undefined ? faultIdentity(bytes, instance) : ledgerIdentity(entry, time, instance);
      const digest = entry === undefined ? noNames : namesDigest(entry, stateId);
      const sighting = read.see(day, identity, digest, page, record);
      if (sighting === waits) return undefined;
      count(booksOf(day, today), 1, sighting === known ? 1 : 0);
      return sighting === known ? undefined : newRecord(record, sighting, today, identity);
    },

    again(day, records, today) {
      count(booksOf(day, today), records, records);
    },

    decided(today) {
      return read.takeDecided().flatMap(({ day, fresh, known: knownOnes }) => {
        count(booksOf(day, today), fresh.length + knownOnes, knownOnes);
        return fresh.map(({ record, ordinal }) => newRecord(record, ordinal, today));
      });
    },

    takeCounts() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
  };
}
