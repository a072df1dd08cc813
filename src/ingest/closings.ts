import { unset } from "../record/log-days.ts";
import type { Closing, Cursor } from "../record/reading.ts";
import { type ClosedDay, type DayDigest, isReopened } from "../spool/closed-day.ts";
import type { Store } from "../spool/store.ts";
import { type Clock, dayMs, utcDayOfMs } from "../time/clock.ts";
import { closingTask } from "./closing-task.ts";
import { dayDigest, emptyDigest } from "./day-digest.ts";
import type { DayTask } from "./day-task.ts";
import type { Ledger, LedgerLook } from "./ledger.ts";
import { NumberColumn } from "./number-column.ts";
import type { ShownTimes } from "./sightings.ts";

/** A start has other things to do first, milliseconds. */
const afterStartMs = 5 * 60_000;
/** The sweeps of the hour after midnight UTC close the day that they read: it is not read for that alone. */
const sweepsMs = 3_600_000;
/** How often it is looked for days to close, milliseconds. */
const lookMs = 600_000;
/** A day that could not be closed rests so long, milliseconds. */
const restMs = dayMs;

/** Whose days are closed. */
export interface ClosingsOptions {
  readonly source: string;
  readonly store: Pick<Store, "cursor" | "closedDays" | "keptOf" | "sources">;
  readonly ledger: Pick<Ledger, "look">;
  readonly clock: Clock;
  /** As `SourceKind.closing`, of this source. */
  readonly closing: (cursor: Cursor) => Closing | undefined;
  /** How long a day stays known at least, milliseconds: what is older would come again. */
  readonly keepLedgerMs: number;
}

/** A day that is read to be closed, in one read or several: what was shown of it, if anything was. */
interface Reading {
  readonly day: number;
  look?: LedgerLook;
  shown?: ShownTimes;
}

/** What decides which days are due. */
interface Due {
  readonly closing: Closing;
  /** Up to when the source was read, epoch milliseconds. */
  readonly watermark: number;
  /** Days that it could not show. */
  readonly gaps: ReadonlySet<number>;
  readonly closed: ReadonlyMap<number, ClosedDay>;
}

/**
 * The days of a source of which nothing more is expected: each is read as a whole, and what that showed is
 * digested. A day to which something came since is closed once more. What is remembered between two reads of
 * a day is found again when it is lost: then its first read is made again.
 */
export class Closings {
  readonly #options: ClosingsOptions;
  readonly #notBefore: number;
  readonly #rests = new Map<number, number>();
  #lookAt = Number.NEGATIVE_INFINITY;
  #next: number | undefined;
  #place: string | undefined;
  #failures = 0;
  #reading: Reading | undefined;

  constructor(options: ClosingsOptions) {
    this.#options = options;
    this.#notBefore = options.clock.monotonic() + afterStartMs;
  }

  /** The next day that is read for this; undefined where none is due. */
  task(): DayTask | undefined {
    const { source, clock } = this.#options;
    const day = this.#nextDay();
    if (day === undefined) return undefined;
    const age = utcDayOfMs(clock.now()) - day;
    return closingTask({
      ...{ source, day, age, place: this.#place, failures: this.#failures },
      goOn: (place) => {
        this.#place = place;
      },
      fail: (failures) => {
        this.#failures = failures;
      },
      pass: () => this.#rests.set(day, clock.monotonic() + restMs),
    });
  }

  /** A read of a day has shown this of it. What earlier ones showed and is lost cannot be made up for. */
  showed({ day, seen }: Pick<DayTask, "day" | "seen">, shown: ShownTimes | undefined): void {
    if (this.#reading?.day !== day) {
      this.broke();
      if (seen === 0) this.#reading = { day };
    }
    if (this.#reading === undefined || shown === undefined) return;
    const { known } = shown;
    const { times } = this.#shownIn(this.#reading, known);
    // What was shown on two pages and is known to be one is one.
    for (const at of shown.times.marked())
      times.set(at, Math.max(times.get(at), Math.min(shown.times.get(at), known.knownOf(at))));
  }

  /**
   * All of a day has been shown: its digest, if it is to be closed. Rejects with what `stop` was aborted
   * with.
   */
  async closed(day: number, stop: AbortSignal): Promise<DayDigest | undefined> {
    const { clock } = this.#options;
    const due = this.#dueBy();
    if (due === undefined || this.#reading?.day !== day || !this.#isDue(day, clock.now(), due))
      return undefined;
    const { shown } = this.#reading;
    return shown === undefined ? emptyDigest(day) : dayDigest(day, shown, { clock, stop });
  }

  /** The day is done with, closed or not. */
  ended(day: number): void {
    this.broke();
    if (day !== this.#next) return;
    this.#failures = 0;
    this.#next = undefined;
    this.#lookAt = Number.NEGATIVE_INFINITY;
  }

  /** What was shown so far is not all of it: the day is read from its beginning. */
  broke(): void {
    this.#reading?.look?.close();
    this.#reading = undefined;
    this.#place = undefined;
  }

  #nextDay(): number | undefined {
    const { clock } = this.#options;
    const at = clock.monotonic();
    if (at < this.#notBefore || this.#next !== undefined || at < this.#lookAt) return this.#next;
    this.#next = this.#lookForDay(clock.now());
    if (this.#next === undefined) this.#lookAt = at + lookMs;
    return this.#next;
  }

  #lookForDay(now: number): number | undefined {
    const due = this.#dueBy();
    if (due === undefined || unset(now)) return undefined;
    const oldest = utcDayOfMs(now - this.#options.keepLedgerMs) + 1;
    for (let day = Math.max(due.closing.first, oldest); day < utcDayOfMs(now); day++)
      if (this.#isDue(day, now - sweepsMs, due)) return day;
    return undefined;
  }

  #isDue(day: number, now: number, { closing, watermark, gaps, closed }: Due): boolean {
    const { source, store, clock } = this.#options;
    // A wall clock that is ahead makes no day older than the reads of it have come.
    if (day < closing.first || !closing.isOver(day, Math.min(now, watermark + sweepsMs))) return false;
    if (watermark < (day + 1) * dayMs || gaps.has(day)) return false;
    if (clock.monotonic() < (this.#rests.get(day) ?? 0)) return false;
    const before = closed.get(day);
    return before === undefined || isReopened(before, store.keptOf(source, day), clock.now());
  }

  #dueBy(): Due | undefined {
    const { source, store, closing: closingOf } = this.#options;
    const cursor = store.cursor(source);
    const closing = cursor === undefined ? undefined : closingOf(cursor);
    if (closing === undefined) return undefined;
    const { watermark = 0, gaps = [] } = store.sources().find((each) => each.source === source) ?? {};
    const days = new Set(gaps.map(({ day }) => day));
    return { closing, watermark, gaps: days, closed: store.closedDays(source) };
  }

  #shownIn(reading: Reading, known: ShownTimes["known"]): ShownTimes {
    if (reading.shown?.known === known) return reading.shown;
    // As long as it is looked at, its identities keep their numbers.
    reading.look ??= this.#options.ledger.look();
    reading.look.known(reading.day);
    reading.shown = { known, times: new NumberColumn(4) };
    return reading.shown;
  }
}
