import type { Cursor, SweepReach } from "../record/reading.ts";
import type { SweepProgress } from "../spool/spool-state.ts";
import type { Store } from "../spool/store.ts";
import { type Clock, dayMs, utcDayOfMs } from "../time/clock.ts";
import type { DayTask } from "./day-task.ts";
import { firstSweeps, knowsDate, resumedSweeps, sweepDate } from "./sweep-days.ts";
import { sweepTask } from "./sweep-task.ts";

/** A start has other things to do first, milliseconds. */
const afterStartMs = 5 * 60_000;

/** Whose days are swept. */
export interface SweepsOptions {
  readonly source: string;
  readonly store: Pick<Store, "cursor" | "sweep" | "sources">;
  readonly clock: Clock;
  readonly random: () => number;
  /** Which days may be, by the source's cursor; undefined: none. */
  readonly reach: (cursor: Cursor) => SweepReach | undefined;
  /** How long a day stays known at least, milliseconds: what is older would come again. */
  readonly keepLedgerMs: number;
  /** Writes down where they begin. */
  readonly begin: (progress: SweepProgress) => void;
}

/** The days that are read once more when they are so and so old, each once. */
export class Sweeps {
  readonly #options: SweepsOptions;
  readonly #notBefore: number;
  /** When in the hour after midnight UTC, 0 to 1: many daemons do not ask at the same second. */
  readonly #spread: number;

  constructor(options: SweepsOptions) {
    const { source, store, clock, random } = options;
    this.#options = options;
    this.#notBefore = clock.monotonic() + afterStartMs;
    this.#spread = random();
    // Before the polls of this start: where no sweep is known, the last read says what was due since.
    this.#begin(store.sources().find((each) => each.source === source)?.lastSuccess);
  }

  /** The next one; undefined where none is due. */
  task(): DayTask | undefined {
    const { source, store, clock, reach, keepLedgerMs } = this.#options;
    const now = clock.now();
    const cursor = store.cursor(source);
    if (cursor === undefined || !knowsDate(now)) return undefined;
    const newest = sweepDate(now, this.#spread);
    const progress = store.sweep(source) ?? this.#begin(now);
    if (progress === undefined || clock.monotonic() < this.#notBefore) return undefined;
    const within = reach(cursor);
    if (within === undefined) return undefined;
    const watermark = store.sources().find((each) => each.source === source)?.watermark;
    const known = dayMs * utcDayOfMs(now - keepLedgerMs);
    const since = Math.max(within.since, known);
    return sweepTask(resumedSweeps(progress, newest, watermark), newest, { ...within, since });
  }

  /** Those of the next UTC day come first for a source that was read completely at `read`. */
  #begin(read: number | undefined): SweepProgress | undefined {
    const { source, store, begin } = this.#options;
    if (read === undefined || store.sweep(source) !== undefined) return undefined;
    begin(firstSweeps(source, sweepDate(read, this.#spread) + 1));
    return store.sweep(source);
  }
}
