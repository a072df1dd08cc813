import type { DeliverSignals } from "../deliver/deliver-options.ts";
import type { Clock } from "../time/clock.ts";

/** A stop gives most of its time to finishing what has begun. */
const haltShare = 0.5;
const deadlineShare = 0.9;
/** Telling of it gets the rest, and never more than this, milliseconds. */
const tellAtMostMs = 2000;
/** What a busy machine may need to give up what is in flight, however short a stop is to be, milliseconds. */
const giveUpAtLeastMs = 5000;

/** How long after the deadline of a stop that takes `timeoutMs` what has not ended may still end. */
export function afterDeadlineMs(timeoutMs: number): number {
  return Math.max(giveUpAtLeastMs, timeoutMs * (1 - deadlineShare));
}

/** The phases of a stop: no more reading, then no new sends, then give up what is in flight. */
export class Stopping implements DeliverSignals {
  readonly #stopReading = new AbortController();
  readonly #drain = new AbortController();
  readonly #halt = new AbortController();
  readonly #deadline = new AbortController();
  readonly #finished = new AbortController();
  readonly #abandon = new AbortController();
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  /** `timeoutMs` is how long a stop may take as a whole. */
  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get stopReading(): AbortSignal {
    return this.#stopReading.signal;
  }

  get drain(): AbortSignal {
    return this.#drain.signal;
  }

  get halt(): AbortSignal {
    return this.#halt.signal;
  }

  get deadline(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Everything has ended; what runs beside the loops ends too. */
  get finished(): AbortSignal {
    return this.#finished.signal;
  }

  /** Somebody does not want to wait for anything any more. */
  get abandon(): AbortSignal {
    return this.#abandon.signal;
  }

  /** How long the last things may take to tell of the stop, milliseconds. */
  get tellWithinMs(): number {
    return Math.min(tellAtMostMs, this.#timeoutMs * (1 - deadlineShare));
  }

  /** Begins an orderly stop; false when it has begun already. */
  begin(): boolean {
    if (this.#stopReading.signal.aborted) return false;
    this.#stopReading.abort();
    this.#drain.abort();
    void this.#later(haltShare, this.#halt);
    void this.#later(deadlineShare, this.#deadline);
    return true;
  }

  /** All phases at once. */
  now(): void {
    for (const phase of [this.#stopReading, this.#drain, this.#halt, this.#deadline]) phase.abort();
  }

  /** As `now`, and nobody waits for the last telling either. */
  abandonNow(): void {
    this.#abandon.abort();
    this.now();
  }

  finish(): void {
    this.#finished.abort();
  }

  async #later(share: number, phase: AbortController): Promise<void> {
    await this.#clock.sleep(this.#timeoutMs * share, this.#finished.signal);
    phase.abort();
  }
}
