import type { Clock } from "./clock.ts";

/** Wakes loops that wait for something to do. Ringing is remembered by nobody: a loop looks for work before it waits. */
export class Wakeup {
  #waiting = new Set<AbortController>();
  #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) waiter.abort();
  }

  /** Resolves at the next ring, after `ms`, or when `stop` aborts. */
  async wait(ms: number, stop: AbortSignal): Promise<void> {
    const waiter = new AbortController();
    this.#waiting.add(waiter);
    const giveUp = () => waiter.abort();
    stop.addEventListener("abort", giveUp, { once: true });
    if (stop.aborted) waiter.abort();
    await this.#clock.sleep(ms, waiter.signal);
    stop.removeEventListener("abort", giveUp);
    this.#waiting.delete(waiter);
  }
}
