import type { RawRecord } from "../record/record.ts";
import { Allowance, Unfinished } from "./allowance.ts";
import type { DecidedDay, WantsKnown } from "./decided.ts";
import type { KnownDay } from "./known-day.ts";
import { NumberColumn } from "./number-column.ts";
import type { PassagePlaces } from "./passage-places.ts";
import type { Sighting } from "./showing.ts";
import { ShownDay } from "./shown-day.ts";

/** Which ledger is read against. */
export interface LedgerReadOptions {
  readonly before: Unfinished;
  /** What is known of a day, as it is on disk. */
  knownDay(day: number): KnownDay;
  /** The read begins with a day of which something is known. */
  onShow(day: number): void;
  /** A record of the day became known, which other reads may not show yet. */
  onNew(day: number, at: number): void;
  /** Some day has to be loaded again. */
  isStale(): boolean;
  /** The read is over; `unkept` are days of which new records were announced and not kept. */
  onEnd(unkept: readonly number[]): void;
}

/**
 * One read of one source: what it shows is new, known, or waits for what else it shows. The n-th time it
 * shows an identity, that is new when fewer than n are known; which of them, the digests of their names tell.
 */
export class LedgerRead {
  /** What the next read of this source has to know. */
  readonly left: Unfinished;
  /** Told the place of every record that is seen. */
  trace: PassagePlaces | undefined;
  /** Wants the known ones too, and which of their twins they are. To be set before the first. */
  again: WantsKnown | undefined;
  readonly #options: LedgerReadOptions;
  readonly #allowance: Allowance;
  readonly #days = new Map<number, ShownDay>();
  /** By day and identity, how many records other reads have kept since this one began. */
  readonly #elsewhere = new Map<number, NumberColumn>();
  #lastDay = Number.NaN;
  #last: ShownDay | undefined;

  constructor(options: LedgerReadOptions) {
    const { before } = options;
    this.#options = options;
    this.#allowance = new Allowance(before.wanted);
    this.left = new Unfinished();
  }

  /** Takes note of one record on the `page`-th page, from 0, which is asked for where it has to wait. */
  see(day: number, identity: string, digest: number, page: number, record: () => RawRecord): Sighting {
    const shown = this.#shownDay(day);
    const { known } = shown;
    const at = known.numberOf(identity);
    this.trace?.note(day, known.numbering, at, digest);
    return shown.see(at, digest, page, record);
  }

  /** Which of its twins the known one was that was seen last; 0 where it is none of them. */
  get twin(): number {
    return this.#last?.twin ?? 0;
  }

  /** Which numbers the identities of a day have now. */
  numberingOf(day: number): number {
    return this.#shownDay(day).known.numbering;
  }

  /** As `ShownDay.seeKnown`. */
  seeKnown(day: number, first: number, count: number, digest: number): number {
    return this.#shownDay(day).seeKnown(first, count, digest);
  }

  /** What was decided since the last call of records that had waited. */
  takeDecided(): DecidedDay[] {
    return [...this.#days.values()]
      .map((day) => day.takeDecided())
      .filter(({ fresh, known }) => fresh.length > 0 || known > 0);
  }

  /**
   * The records that were new since the last call, for the transaction that keeps them. When that fails, the
   * read is closed as failed.
   */
  takeDelta(): ReadonlyMap<number, Buffer> {
    const delta = new Map<number, Buffer>();
    for (const [day, shown] of this.#days) if (shown.hasFresh) delta.set(day, shown.takeFresh());
    return delta;
  }

  /** Known records that show other names now, since the last call, for the same transaction. */
  takeRenamed(): ReadonlyMap<number, Buffer> {
    const renamed = new Map<number, Buffer>();
    for (const [day, shown] of this.#days) {
      const records = shown.takeRenamed();
      if (records.length > 0) renamed.set(day, records);
    }
    return renamed;
  }

  /** The read ended cleanly: what still waits is decided. */
  end(): void {
    for (const [day, shown] of this.#days) {
      this.#shownDay(day);
      shown.end();
    }
  }

  /** New records of which it cannot be told which of their twins they are. */
  get undecided(): number {
    let undecided = 0;
    for (const day of this.#days.values()) undecided += day.undecided;
    return undecided;
  }

  /** How many records of a day are known, and how many this read has shown. */
  totals(day: number): { readonly known: number; readonly seen: number } {
    const { known, seen } = this.#shownDay(day);
    return { known: known.count, seen };
  }

  /** Nothing more is asked of this read. `failed`: the last delta was not kept, and the disk is right. */
  close(failed: boolean): void {
    const unkept = [...this.#days].filter(([, shown]) => failed || shown.hasFresh).map(([day]) => day);
    this.#days.clear();
    this.#options.onEnd(unkept);
  }

  uses(day: number): boolean {
    return this.#days.has(day);
  }

  /** What is new and not kept yet is known, also where the day was loaded again. */
  putFresh(day: number): void {
    this.#days.get(day)?.putFresh();
  }

  /** Another read has kept a record. */
  keptElsewhere(day: number, at: number): void {
    const column = this.#elsewhereOf(day);
    column.set(at, column.get(at) + 1);
  }

  #elsewhereOf(day: number): NumberColumn {
    const found = this.#elsewhere.get(day) ?? new NumberColumn(4);
    this.#elsewhere.set(day, found);
    return found;
  }

  #shownDay(day: number): ShownDay {
    if (day === this.#lastDay && this.#last !== undefined && !this.#options.isStale()) return this.#last;
    const known = this.#options.knownDay(day);
    let shown = this.#days.get(day);
    if (shown === undefined) {
      const { before } = this.#options;
      const elsewhere = this.#elsewhereOf(day);
      const onNew = (at: number) => this.#options.onNew(day, at);
      shown = new ShownDay({
        ...{ day, known, allowance: this.#allowance, before, left: this.left },
        ...{ elsewhere, onNew, again: this.again },
      });
      this.#days.set(day, shown);
      if (known.count > 0) this.#options.onShow(day);
    }
    this.#lastDay = day;
    this.#last = shown;
    return shown;
  }
}
