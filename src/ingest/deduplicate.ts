import { kernelWords } from "../kernel/kernel.ts";
import { entryTime } from "../record/entry.ts";
import type { EntryRows } from "../record/entry-rows.ts";
import type { NewRecord, RawRecord } from "../record/record.ts";
import type { NewRecords } from "../spool/chunk/new-records.ts";
import { type FetchCounts, undatedDay } from "../spool/store.ts";
import { type Instant, msOfInstant } from "../time/clock.ts";
import { bookDay, ledgerDay } from "./book-day.ts";
import { layRowIdentity, longestCommon, rowIdentity, rowWord } from "./common-identity.ts";
import { faultIdentity, faultUid, ledgerIdentity, tailOfDay, uidOf } from "./identity.ts";
import { namesDigest, noNames } from "./names.ts";
import { known, waits } from "./showing.ts";
import type { Sightings } from "./sightings.ts";
import type { WantedAgain } from "./wanted-again.ts";

/** W&B syncs its log every ten minutes; what shows up later than this after a complete read is late. */
const settleMs = 15 * 60_000;

/** Which read's records are told apart. */
export interface DeduplicatorOptions {
  readonly read: Pick<Sightings, "see" | "seeNew" | "takeDecided" | "twin">;
  readonly instance: string;
  /** The id of the state, which nobody knows who chooses names. */
  readonly stateId: string;
  /** The end of what was read completely before, epoch milliseconds. */
  readonly watermark: number | undefined;
  /** Wants the known ones, and is told which of their twins they are. */
  readonly again?: Pick<WantedAgain, "see"> | undefined;
}

/** Tells new records from known ones, and counts both for the books. `today` is the UTC day. */
export interface Deduplicator {
  /** The record to keep, or undefined when it is known or waits. */
  newRecordOf(record: RawRecord, today: number): NewRecord | undefined;
  /** The same for all entries in rows: those to keep go into `kept`. */
  keepNew(rows: EntryRows, today: number, kept: NewRecords): void;
  /** So many known records of a ledger day were shown once more. */
  again(day: number, records: number, today: number): void;
  /** The records to keep among those that waited, as far as it is decided. */
  decided(today: number): NewRecord[];
  /** Empties the counts: they go to disk with exactly one transaction. */
  takeCounts(): FetchCounts[];
}

/** Tells the records of one read apart by what its ledger knows. */
export function deduplicator(options: DeduplicatorOptions): Deduplicator {
  return new ReadDeduplicator(options);
}

type CountedDay = { -readonly [Key in keyof FetchCounts]: FetchCounts[Key] };

class ReadDeduplicator implements Deduplicator {
  readonly #options: DeduplicatorOptions;
  #counts = new Map<number, CountedDay>();
  /** The one that was counted last. */
  #last: CountedDay | undefined;

  constructor(options: DeduplicatorOptions) {
    this.#options = options;
  }

  newRecordOf(record: RawRecord, today: number): NewRecord | undefined {
    const { instance, stateId, read, again } = this.#options;
    const { bytes, entry, page = 0 } = record;
    const time = entry === undefined ? undefined : entryTime(entry);
    const day = time === undefined ? undatedDay : ledgerDay(Math.floor(time.seconds / 86_400));
    const identity =
      entry === undefined ? faultIdentity(bytes, instance) : ledgerIdentity(entry, time, instance);
    const digest = entry === undefined ? noNames : namesDigest(entry, stateId);
    const sighting = read.see(day, identity, digest, page, () => record);
    if (sighting === waits) return undefined;
    this.#count(this.#booksOf(day, today), 1, sighting === known ? 1 : 0);
    if (sighting !== known) return this.#newRecord(record, sighting, today, identity);
    if (again !== undefined && read.twin > 0)
      again.see(this.#newRecord(record, read.twin, today, identity), identity, read.twin);
    return undefined;
  }

  keepNew(rows: EntryRows, today: number, kept: NewRecords): void {
    const inKernel = this.#options.again === undefined && rows.toKernel();
    for (let at = 0; at < rows.count; ) {
      const end = inKernel ? this.#layIdentities(rows, at) : at;
      if (end > at) {
        this.#keepStretch(rows, at, end, today, kept);
        at = end;
      } else {
        const found = this.newRecordOf(rows.record(at), today);
        if (found !== undefined) kept.add(found);
        at++;
      }
    }
  }

  again(day: number, records: number, today: number): void {
    this.#count(this.#booksOf(day, today), records, records);
  }

  decided(today: number): NewRecord[] {
    return this.#options.read.takeDecided().flatMap(({ day, fresh, shown, known: knownOnes }) => {
      for (const { record, ordinal } of shown) this.#shownAgain(record, ordinal, today);
      this.#count(this.#booksOf(day, today), fresh.length + knownOnes, knownOnes);
      return fresh.map(({ record, ordinal }) => this.#newRecord(record, ordinal, today));
    });
  }

  takeCounts(): FetchCounts[] {
    const taken = [...this.#counts.values()];
    this.#counts = new Map();
    this.#last = undefined;
    return taken;
  }

  /**
   * Lays the identities of rows from `from` on, as long as they are common ones, of one day, and all late or
   * none. Gives back where that ends.
   */
  #layIdentities({ bases, starts, ends, times, count }: EntryRows, from: number): number {
    const first = times[from] as Instant;
    const day = dayOf(first);
    const tail = tailOfDay(day);
    const late = this.#isLate(first);
    let at = from;
    for (let last = first; at < count; at++) {
      const time = times[at] as Instant;
      if (time !== last && (dayOf(time) !== day || this.#isLate(time) !== late)) break;
      last = time;
      const base = bases[at] as number;
      const isShort = (ends[at] as number) - (starts[at] as number) <= longestCommon;
      if (base === -1 || !isShort || !layRowIdentity(at, base, time, this.#options.instance, tail)) break;
    }
    return at;
  }

  /** Keeps what is new of rows whose identities were laid together. */
  #keepStretch(rows: EntryRows, from: number, to: number, today: number, kept: NewRecords): void {
    const { read, watermark } = this.#options;
    const time = rows.times[from] as Instant;
    const day = dayOf(time);
    const books = bookDay(day, today, watermark);
    for (let at = from; at < to; ) {
      const fresh = read.seeNew(day, kernelWords, rowWord(at), to - at);
      if (fresh > 0) {
        this.#count(books, fresh, 0);
        kept.addRows(rows, at, at + fresh, books, this.#isLate(time));
        at += fresh;
      }
      // The next one was met before, as its neighbours most likely were.
      for (let met = true; met && at < to; at++) met = this.#keepMet(rows, at, today, books, kept);
    }
  }

  /** Keeps a row whose identity was laid where it turns out to be new. Gives back whether it does not. */
  #keepMet(rows: EntryRows, at: number, today: number, books: number, kept: NewRecords): boolean {
    const { read } = this.#options;
    const day = dayOf(rows.times[at] as Instant);
    const identity = rowIdentity(at);
    const sighting = read.see(day, identity, noNames, 0, () => rows.record(at));
    if (sighting === waits) return true;
    this.#count(books, 1, sighting === known ? 1 : 0);
    if (sighting === known) return true;
    kept.add(this.#newRecord(rows.record(at), sighting, today, identity));
    return false;
  }

  #shownAgain(record: RawRecord, ordinal: number, today: number): void {
    const { instance, again } = this.#options;
    const { entry } = record;
    const time = entry === undefined ? undefined : entryTime(entry);
    if (entry === undefined || time === undefined) return;
    again?.see(this.#newRecord(record, ordinal, today), ledgerIdentity(entry, time, instance), ordinal);
  }

  #count(day: number, fetched: number, knownOnes: number): void {
    const row = this.#last?.day === day ? this.#last : this.#countedDay(day);
    row.fetched += fetched;
    row.known += knownOnes;
  }

  #countedDay(day: number): CountedDay {
    const found = this.#counts.get(day) ?? { day, fetched: 0, known: 0 };
    this.#counts.set(day, found);
    this.#last = found;
    return found;
  }

  /** In whose books a ledger day is counted: undated records are those of the day they were seen. */
  #booksOf(day: number, today: number): number {
    return day === undatedDay ? today : bookDay(day, today, this.#options.watermark);
  }

  #isLate(time: Instant): boolean {
    const { watermark } = this.#options;
    return watermark !== undefined && msOfInstant(time) < watermark - settleMs;
  }

  /** `identity` where it is at hand: that of a dated record is the uid of its first twin. */
  #newRecord(record: RawRecord, ordinal: number, today: number, identity?: string): NewRecord {
    const { instance, watermark } = this.#options;
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
    return { uid, day: books, bytes, late: this.#isLate(time), time, ...(entry && { entry }) };
  }
}

function dayOf(time: Instant): number {
  return Math.floor(time.seconds / 86_400);
}
