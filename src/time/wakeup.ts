import { type Clock, over } from "./clock.ts";

/** How often a `Wakeup` has woken so far. */
export type WakeupMark = number & { readonly __brand: "WakeupMark" };

/**
 * Wakes loops that wait for something to do. A loop takes a mark, looks for work, and waits with the mark:
 * what came between the two is not missed, however long the look took.
 */
export class Wakeup {
  #waiting = new Set<AbortController>();
  #clock: Clock;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#count++;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) waiter.abort(over);
  }

  mark(): WakeupMark {
    return this.#count as WakeupMark;
  }

  /** Resolves when it wakes, after `ms`, or when `stop` aborts; at once when it has woken since `mark`. */
  async wait(ms: number, stop: AbortSignal, mark: WakeupMark = this.mark()): Promise<void> {
    if (mark !== this.#count || stop.aborted) return;
    const waiter = new AbortController();
    this.#waiting.add(waiter);
    const giveUp = () => waiter.abort(over);
    stop.addEventListener("abort", giveUp, { once: true });
    await this.#clock.sleep(ms, waiter.signal);
    stop.removeEventListener("abort", giveUp);
    this.#waiting.delete(waiter);
  }
}
