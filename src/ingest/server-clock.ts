import type { Tell } from "../report/report.ts";
import { clocksDiffer } from "../time/clock-difference.ts";

/** Tells when a source's clock and ours differ: at every start, when that changes, and when it is over. */
export class ServerClock {
  readonly #source: string;
  readonly #tell: Tell;
  /** What was told last, seconds. */
  #told = 0;

  constructor(source: string, tell: Tell) {
    this.#source = source;
    this.#tell = tell;
  }

  /** `seconds`: how far the source's clock is ahead of ours; undefined where a read did not show it. */
  seen(seconds: number | undefined): void {
    if (seconds === undefined) return;
    const wrong = clocksDiffer(seconds);
    if (wrong === clocksDiffer(this.#told) && !(wrong && clocksDiffer(seconds - this.#told))) return;
    this.#told = seconds;
    const source = this.#source;
    this.#tell(wrong ? { type: "clock_wrong", source, seconds } : { type: "clock_right", source });
  }
}
