import type { EntryRows } from "../record/entry-rows.ts";
import type { KnownPassages, Piece } from "../record/passage.ts";
import type { RawRecord } from "../record/record.ts";
import { NewRecords } from "../spool/chunk/new-records.ts";
import type { LatenessCounts } from "../spool/lateness.ts";
import type { LedgerEnd } from "../spool/store.ts";
import { instantOfMs, utcDayOfMs } from "../time/clock.ts";
import { Unfinished } from "./allowance.ts";
import type { ReadEnd } from "./decided.ts";
import { type Deduplicator, deduplicator } from "./deduplicate.ts";
import type { IntakeOptions, Total } from "./intake-options.ts";
import { takePassage } from "./passage-intake.ts";
import { Passages } from "./passages.ts";
import { ReadLateness } from "./read-lateness.ts";
import type { Sightings } from "./sightings.ts";
import type { WantedAgain } from "./wanted-again.ts";

/**
 * A commit waits for the disk, so it takes many pieces; with the last of them, up to 256 KiB, what the spool
 * puts into one chunk.
 */
const commitBytes = 1024 * 1024;
/** As many as the spool puts into one chunk: records of a few bytes take far more memory than these. */
const commitRecords = 8192;

/** How long others wait while a day is loaded, milliseconds. */
const loadMs = 20;

/** Brings what is new of a read into the spool. */
export interface Intake {
  /** What its source has to ask about passages. */
  readonly passages: KnownPassages;
  /**
   * A read begins. Before `watermark` records are late; from `tallyFrom` on it is counted how late. What is
   * known goes to `again`.
   */
  begin(watermark: number | undefined, tallyFrom?: number, again?: WantedAgain): void;
  /**
   * What is known of the days that a read most likely shows comes from the disk, with turns for others in
   * between: of millions of records that takes seconds.
   */
  prepare(stop: AbortSignal): Promise<void>;
  /** Takes note of a piece, and keeps what is new when it is enough for a commit: gives back whether. */
  take(piece: Piece): boolean;
  /** Keeps what is new now. */
  keep(): void;
  /**
   * The read ended: what is new is kept. `whole`: it has shown everything, so that what waited is decided,
   * and the next read knows what this one left.
   */
  end(whole: boolean): ReadEnd;
  /** What the end of the read tells the ledger: for exactly one transaction, which finishes the read. */
  ledgerEnd(): LedgerEnd;
  /** That was done, or the read is not finished: the next one shows the same once more. */
  ended(finished: boolean): void;
  total(): Readonly<Total>;
  /** How late the records came that this read has kept; undefined where that says nothing. */
  lateness(): LatenessCounts | undefined;
  /** How many records of a UTC day are known, and how many the read has shown. */
  totals(day: number): { readonly known: number; readonly seen: number };
  /** As `Sightings.shownOf`, of this read. */
  readonly shownOf: Sightings["shownOf"];
  /** The read failed. Where a transaction did, the disk is right. */
  forget(): void;
}

/** The way of one source's records into the store. */
export function intake(options: IntakeOptions): Intake {
  return new RecordIntake(options);
}

class RecordIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #stateId: string;
  readonly passages: Passages;
  /** What the last read that ended cleanly has left. */
  #left = new Unfinished();
  #read: Sightings;
  #records: Deduplicator;
  #fresh = new NewRecords();
  #again: WantedAgain | undefined;
  /** Also without what no transaction has brought to disk. */
  #total: Readonly<Total> = nothing;
  #kept: Readonly<Total> = nothing;
  readonly #lateness = new ReadLateness();
  /** A transaction is on its way: where it fails, the disk lacks what memory knows. */
  #committing = false;
  /** The read that ended last has shown everything. */
  #whole = true;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#stateId = options.store.stateId();
    this.passages = new Passages(this.#stateId);
    this.#read = options.ledger.read(this.#left);
    // Until a read begins nothing is asked of it.
    this.#read.close(false);
    this.#records = this.#deduplicator(undefined);
  }

  begin(watermark: number | undefined, tallyFrom?: number, again?: WantedAgain): void {
    this.#read.close(false);
    this.#read = this.#options.ledger.read(this.#left);
    this.#read.again = again;
    this.#again = again;
    this.#records = this.#deduplicator(watermark);
    this.#lateness.begin(this.#options.clock.now(), watermark, tallyFrom);
    this.#fresh = new NewRecords(this.#lateness.tally);
    [this.#total, this.#kept] = [nothing, nothing];
  }

  async prepare(stop: AbortSignal): Promise<void> {
    const { ledger, clock } = this.#options;
    const today = this.#today();
    let began = clock.monotonic();
    for (const day of [today, today - 1])
      for (const _ of ledger.loading(day)) {
        if (clock.monotonic() - began < loadMs) continue;
        await clock.sleep(0, stop);
        if (stop.aborted) return;
        began = clock.monotonic();
      }
  }

  take(piece: Piece): boolean {
    const today = this.#today();
    const see = (record: RawRecord) => {
      const found = this.#records.newRecordOf(record, today);
      if (found !== undefined) this.#fresh.add(found);
    };
    const again = (day: number, records: number) => this.#records.again(day, records, today);
    const seeAll = (rows: EntryRows) => this.#records.keepNew(rows, today, this.#fresh);
    const way = { read: this.#read, see, seeAll, again };
    let fetched = 0;
    for (const part of piece) {
      if ("bytes" in part) {
        see(part);
        fetched++;
      } else fetched += takePassage(part, this.passages, way);
    }
    this.#total = { ...this.#total, fetched: this.#total.fetched + fetched };
    for (const found of this.#records.decided(today)) this.#fresh.add(found);
    const count = this.#fresh.count + (this.#again?.count ?? 0);
    const bytes = this.#fresh.bytes + (this.#again?.bytes ?? 0);
    // An empty piece says that nothing more comes for now.
    const enough = piece.length === 0 || bytes >= commitBytes || count >= commitRecords;
    if (enough) this.keep();
    return enough;
  }

  keep(): void {
    if (this.#fresh.count + (this.#again?.count ?? 0) > 0) this.#append();
  }

  end(whole: boolean): ReadEnd {
    this.#whole = whole;
    if (!whole) {
      this.keep();
      return { undecided: 0, doubted: 0, renewed: false, missing: 0 };
    }
    this.#read.end();
    for (const found of this.#records.decided(this.#today())) this.#fresh.add(found);
    this.keep();
    const { undecided, left } = this.#read;
    const missing = left.wanted.size + (left.more ? 1 : 0);
    return { undecided, doubted: left.shown.size, renewed: left.renews(this.#left), missing };
  }

  ledgerEnd(): LedgerEnd {
    const { instance } = this.#options.origin;
    this.#committing = true;
    return { instance, renamed: this.#read.takeRenamed(), counts: this.#records.takeCounts() };
  }

  ended(finished: boolean): void {
    this.#committing = false;
    // What was counted goes to disk also where the read does not count as one.
    if (!finished) this.#append();
    if (this.#whole) this.#left = this.#read.left;
    this.#dropFresh();
  }

  total(): Readonly<Total> {
    const total = { ...this.#total };
    total.new += this.#fresh.count;
    for (const { late, unparseable } of this.#fresh.days.values()) {
      total.late += late;
      total.unparseable += unparseable;
    }
    return total;
  }

  lateness = () => this.#lateness.kept;
  totals = (day: number) => this.#read.totals(day);
  shownOf = (day: number) => this.#read.shownOf(day);

  forget(): void {
    this.#dropFresh();
    this.#read.close(this.#committing);
    this.#committing = false;
    this.#again = undefined;
    this.#read = this.#options.ledger.read(this.#left);
    this.#read.close(false);
  }

  #deduplicator(watermark: number | undefined): Deduplicator {
    const { instance } = this.#options.origin;
    return deduplicator({
      read: this.#read,
      instance,
      stateId: this.#stateId,
      watermark,
      again: this.#again,
    });
  }

  #today(): number {
    return utcDayOfMs(this.#options.clock.now());
  }

  #append(): void {
    const { origin, store, clock, kept } = this.#options;
    const fresh = this.#fresh;
    const [known, renamed] = [this.#read.takeDelta(), this.#read.takeRenamed()];
    const delta = { instance: origin.instance, known, renamed, counts: this.#records.takeCounts() };
    const { count, lateness } = fresh;
    const shown = this.#again?.take();
    this.#committing = true;
    try {
      store.append(origin.source, fresh, delta, instantOfMs(clock.now()), shown);
      this.#kept = this.total();
    } finally {
      // What was refused comes again, and is counted then.
      this.#total = this.#kept;
      fresh.clear();
    }
    this.#committing = false;
    this.#lateness.keep(lateness);
    if (count > 0 || shown !== undefined) kept.wake();
  }

  /** What is not kept is dropped, though it was shown. */
  #dropFresh(): void {
    this.#lateness.tally?.clear();
    this.#fresh = new NewRecords(this.#lateness.tally);
  }
}

const nothing: Total = { fetched: 0, new: 0, late: 0, unparseable: 0 };
