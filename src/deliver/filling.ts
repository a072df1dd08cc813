import { type Clock, msOfInstant } from "../time/clock.ts";
import type { Batch } from "./batch.ts";

/** How long batches that are not full wait for more events. */
export class Filling {
  readonly #clock: Clock;
  readonly #maxWaitMs: number;
  readonly #byAge: boolean;
  /** Since when one waits; monotonic, because the wall clock may jump. */
  #since: number | undefined;

  /**
   * `maxWaitMs`: no longer than this, milliseconds. `byAge`: since its first record was seen, so that a
   * restart does not begin anew; otherwise since the batch was first looked at.
   */
  constructor(clock: Clock, maxWaitMs: number, byAge: boolean) {
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
    this.#byAge = byAge;
  }

  /** How long this one should still wait, milliseconds; 0 when it should go. */
  restMs(batch: Batch): number {
    if (batch.full) return 0;
    const now = this.#clock.monotonic();
    this.#since ??= now - (this.#byAge ? this.#ageMs(batch) : 0);
    return Math.max(0, this.#since + this.#maxWaitMs - now);
  }

  #ageMs({ sent }: Batch): number {
    if (sent.length === 0) return 0;
    return Math.max(0, this.#clock.now() - msOfInstant(sent.at(0).observed));
  }

  /** The next one goes as it is. */
  end(): void {
    this.#since = Number.NEGATIVE_INFINITY;
  }

  /** It goes: the next one waits anew. */
  over(): void {
    this.#since = undefined;
  }
}
