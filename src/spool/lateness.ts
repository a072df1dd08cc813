import type { Window } from "../record/reading.ts";

const minute = 60;
const hour = 3_600;
const day = 86_400;

/** Up to so many seconds late, each bound included; one more count is for what is later. */
export const latenessBounds: readonly number[] = [
  ...[minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute],
  ...[hour, 2 * hour, 4 * hour, 8 * hour, 16 * hour],
  ...[day, 2 * day, 3 * day, 5 * day, 7 * day],
];

/** How late records came: by bound, not cumulated; `sum` and `latest` in whole seconds. */
export interface LatenessCounts {
  readonly counts: readonly number[];
  readonly sum: number;
  readonly latest: number;
}

/** Lateness of the records that became known on one UTC day (days since 1970-01-01). */
export interface LatenessOfDay extends Pick<LatenessCounts, "counts" | "latest"> {
  readonly day: number;
}

/** Of which records it is told how late they came: from `from` on, and not those that are newer than `to`. */
export interface LatenessSpan extends Window {
  /** When what is shown was there, epoch milliseconds. */
  readonly shownAt: number;
}

/** Counts how late records come, as cheaply as that can be: it is asked of every new record. */
export class LatenessTally {
  readonly #span: LatenessSpan;
  #counts = new Float64Array(latenessBounds.length + 1);
  #sum = 0;
  #latest = 0;
  #some = false;

  constructor(span: LatenessSpan) {
    this.#span = span;
  }

  /** So many new records that happened at `ms`, epoch milliseconds. */
  note(ms: number, records: number): void {
    const { from, to, shownAt } = this.#span;
    if (ms < from || ms >= to) return;
    const seconds = ms < shownAt ? Math.floor((shownAt - ms) / 1000) : 0;
    let at = 0;
    while (at < latenessBounds.length && seconds > (latenessBounds[at] as number)) at++;
    this.#counts[at] = (this.#counts[at] as number) + records;
    this.#sum += records * seconds;
    if (seconds > this.#latest) this.#latest = seconds;
    this.#some = true;
  }

  /** Undefined where nothing was counted. */
  get counted(): LatenessCounts | undefined {
    if (!this.#some) return undefined;
    return { counts: [...this.#counts], sum: this.#sum, latest: this.#latest };
  }

  clear(): void {
    if (!this.#some) return;
    this.#counts.fill(0);
    this.#sum = 0;
    this.#latest = 0;
    this.#some = false;
  }
}

/** Both together; counts of another version of the bounds are not taken over. */
export function addLateness(one: LatenessCounts | undefined, other: LatenessCounts): LatenessCounts {
  if (one === undefined || one.counts.length !== other.counts.length) return other;
  return {
    counts: one.counts.map((count, at) => count + (other.counts[at] as number)),
    sum: one.sum + other.sum,
    latest: Math.max(one.latest, other.latest),
  };
}
