import type { Clock } from "../../time/clock.ts";
import { Wakeup } from "../../time/wakeup.ts";
import type { FreshChunks } from "./fresh-chunks.ts";

/** More than two chunks wait only where who delivers does not keep up. */
const nearBytes = 4 * 1024 * 1024;
/** As long as it takes to read two thirds of a chunk: no read takes twice as long for it. */
const longestMs = 8;

/** Lets a read go on when what it has kept is taken. */
export class ReadPace {
  readonly #fresh: FreshChunks;
  readonly #clock: Clock;
  readonly #taken: Wakeup;

  constructor(fresh: FreshChunks, clock: Clock) {
    this.#fresh = fresh;
    this.#clock = clock;
    this.#taken = new Wakeup(clock);
    fresh.whenTaken(() => this.#taken.wake());
  }

  /** As `Store.letTake`: not for who lags too far. */
  async wait(stop: AbortSignal): Promise<void> {
    this.#fresh.letGo();
    const until = this.#clock.monotonic() + longestMs;
    while ((this.#fresh.untakenBytes ?? 0) > nearBytes) {
      const left = until - this.#clock.monotonic();
      if (left <= 0 || stop.aborted) return;
      await this.#taken.wait(left, stop);
    }
  }
}
