import type { Clock } from "./clock.ts";

/**
 * The monotonic clock of another thread, which has another beginning than ours. Each message from there that
 * says when it was sent shows how far they are apart, and how long it was on its way: of all that were seen
 * the smallest difference is the nearest.
 */
export class OtherClock {
  readonly #clock: Pick<Clock, "monotonic">;
  #ahead = Number.POSITIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** A message that was sent at `at` has come. */
  heard(at: number): void {
    this.#ahead = Math.min(this.#ahead, this.#clock.monotonic() - at);
  }

  /** A moment of that clock by ours. Something must have been heard. */
  byOurs(moment: number): number {
    return moment + this.#ahead;
  }
}
