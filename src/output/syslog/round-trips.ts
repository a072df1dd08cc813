/** What a path took counts so long, or twice as long, milliseconds: then it may have become slower. */
const spanMs = 300_000;
/** The least may have met a path at its best. */
const margin = 2;

/** One connection that was made, milliseconds of the monotonic clock. */
export interface Connecting {
  readonly from: number;
  readonly to: number;
  /** So much of this the thread did other things. */
  readonly busyMs: number;
}

/**
 * How long the way to one receiver and back takes, by the connections of the last minutes. A thread that was
 * busy sees late that one was made: what it did may have taken part of the time that this took, and need not.
 */
export class RoundTrips {
  #span = 0;
  /** The least in this span and in the one before it. */
  #least: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

  /** By one more connection: not less than the thread waited for it, and not more than it took. */
  next({ from, to, busyMs }: Connecting): number {
    const took = to - from;
    const [before, current] = this.#at(Math.floor(to / spanMs));
    this.#least = [before, Math.min(current, took)];
    const waited = Math.max(0, took - busyMs);
    return Math.max(waited, Math.min(took, margin * Math.min(...this.#least)));
  }

  #at(span: number): readonly [before: number, current: number] {
    const passed = span - this.#span;
    this.#span = span;
    if (passed === 0) return this.#least;
    return [passed === 1 ? this.#least[1] : Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  }
}
