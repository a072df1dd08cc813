import type { Clock } from "../time/clock.ts";
import type { Batch } from "./batch.ts";

/** How long batches that are not full wait for more events. */
export class Filling {
  readonly #clock: Clock;
  readonly #maxWaitMs: number;
  /** Since when one waits; monotonic, because the wall clock may jump. */
  #since: number | undefined;

  /** `maxWaitMs`: no longer than this, milliseconds. */
  constructor(clock: Clock, maxWaitMs: number) {
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
  }

  /** How long this one should still wait, milliseconds; 0 when it should go. */
  restMs({ full }: Batch): number {
    if (full) return 0;
    const now = this.#clock.monotonic();
    this.#since ??= now;
    return Math.max(0, this.#since + this.#maxWaitMs - now);
  }

  /** It goes: the next one waits anew. */
  over(): void {
    this.#since = undefined;
  }
}
