import type { RawRecord } from "../record/record.ts";
import { Allowance, Unfinished } from "./allowance.ts";
import type { DecidedDay, WantsKnown } from "./decided.ts";
import type { KnownDay } from "./known-day.ts";
import { noNames } from "./names.ts";
import { NumberColumn } from "./number-column.ts";
import type { PassagePlaces } from "./passage-places.ts";
import type { Sighting } from "./showing.ts";
import { ShownDay } from "./shown-day.ts";
import type { ShownTimes, Sightings } from "./sightings.ts";

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
export class LedgerRead implements Sightings {
  readonly left: Unfinished;
  trace: PassagePlaces | undefined;
  again: WantsKnown | undefined;
  readonly #options: LedgerReadOptions;
  readonly #allowance: Allowance;
  readonly #days = new Map<number, ShownDay>();
  /** By day and identity, how many records other reads have kept since this one began. */
  readonly #elsewhere = new Map<number, NumberColumn>();
  #ended = false;
  #lastDay = Number.NaN;
  #last: ShownDay | undefined;

  constructor(options: LedgerReadOptions) {
    const { before } = options;
    this.#options = options;
    this.#allowance = new Allowance(before.wanted);
    this.left = new Unfinished();
  }

  see(day: number, identity: string, digest: number, page: number, record: () => RawRecord): Sighting {
    const shown = this.#shownDay(day);
    const { known } = shown;
    const at = known.numberOf(identity);
    this.trace?.note(day, known.numbering, at, digest);
    return shown.see(at, digest, page, record);
  }

  seeNew(day: number, words: Uint32Array, from: number, count: number): number {
    const shown = this.#shownDay(day);
    const { known } = shown;
    const first = known.identities;
    const fresh = known.numberNew(words, from, count);
    if (fresh === 0) return 0;
    this.trace?.note(day, known.numbering, first, noNames, fresh);
    shown.seeNew(first, fresh, words, from);
    return fresh;
  }

  get twin(): number {
    return this.#last?.twin ?? 0;
  }

  numberingOf(day: number): number {
    return this.#shownDay(day).known.numbering;
  }

  seeKnown(day: number, first: number, count: number, digest: number): number {
    return this.#shownDay(day).seeKnown(first, count, digest);
  }

  takeDecided(): DecidedDay[] {
    return [...this.#days.values()]
      .map((day) => day.takeDecided())
      .filter(({ fresh, known }) => fresh.length > 0 || known > 0);
  }

  /** When the transaction fails that keeps them, the read is closed as failed. */
  takeDelta(): ReadonlyMap<number, Buffer> {
    const delta = new Map<number, Buffer>();
    for (const [day, { fresh }] of this.#days) if (fresh.length > 0) delta.set(day, fresh.take());
    return delta;
  }

  takeRenamed(): ReadonlyMap<number, Buffer> {
    const delta = new Map<number, Buffer>();
    for (const [day, { renamed }] of this.#days) if (renamed.length > 0) delta.set(day, renamed.take());
    return delta;
  }

  end(): void {
    for (const [day, shown] of this.#days) {
      this.#shownDay(day);
      shown.end();
    }
    this.#ended = true;
  }

  get undecided(): number {
    let undecided = 0;
    for (const day of this.#days.values()) undecided += day.undecided;
    return undecided;
  }

  totals(day: number): { readonly known: number; readonly seen: number } {
    const { known, seen } = this.#shownDay(day);
    return { known: known.count, seen };
  }

  shownOf(day: number): ShownTimes | undefined {
    return this.#days.has(day) ? this.#shownDay(day) : undefined;
  }

  close(failed: boolean): void {
    const unkept = [...this.#days]
      .filter(([, shown]) => failed || shown.fresh.length > 0)
      .map(([day]) => day);
    this.#days.clear();
    this.#options.onEnd(unkept);
  }

  /** What others have kept is known by the day's numbers, also before the day is shown here. */
  uses(day: number): boolean {
    return this.#days.has(day) || (!this.#ended && this.#elsewhere.has(day));
  }

  /** What is new and not kept yet is known, also where the day was loaded again. */
  putFresh(day: number): void {
    this.#days.get(day)?.fresh.putAgain();
  }

  /** Another read has kept a record. */
  keptElsewhere(day: number, at: number): void {
    if (this.#ended) return;
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
