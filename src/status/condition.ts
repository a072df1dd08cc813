import type { Guarantee } from "../output/output.ts";
import type { Clock } from "../time/clock.ts";

/**
 * How a loop is doing, for health, status and metrics: a value. Every change is a fact a person may want to
 * see at 3 a.m.
 */
export interface Condition {
  readonly state: "idle" | "working" | "waiting" | "retrying" | "held" | "blocked" | "stopped";
  /** Since when it is in this state, monotonic milliseconds. */
  readonly since: number;
  /** Failed tries in a row. */
  readonly failures: number;
  /** What an output's last delivery was worth, where that is less than its guarantee. */
  readonly worth?: Guarantee | undefined;
  /** Stable, `snake_case`. */
  readonly reason?: string;
  readonly detail?: string;
  /** What a remote said of an event: may hold what the event says. */
  readonly quote?: string;
  readonly fix?: string;
  /** When it tries again, epoch milliseconds. */
  readonly nextTry?: number;
  /** Monotonic milliseconds by which the loop must have turned again; later than that it hangs. */
  readonly stallsAt: number;
}

/**
 * What a loop says of its new state: `since` is known, the number of failures and what deliveries are worth
 * stay unless it says otherwise.
 */
export type ConditionChange = Partial<Omit<Condition, "state" | "since">>;

/** Keeps one loop's condition and tells every change of it. */
export class ConditionKeeper {
  #clock: Clock;
  #told: (condition: Condition) => void;
  #now: Condition;

  constructor(clock: Clock, told: (condition: Condition) => void = () => {}) {
    this.#clock = clock;
    this.#told = told;
    this.#now = idleSince(clock.monotonic());
  }

  get now(): Condition {
    return this.#now;
  }

  become(state: Condition["state"], change: ConditionChange = {}): void {
    const since = this.#now.state === state ? this.#now.since : this.#clock.monotonic();
    const { failures, worth } = this.#now;
    this.#now = { failures, worth, stallsAt: Number.POSITIVE_INFINITY, ...change, state, since };
    this.#told(this.#now);
  }

  /** It is in the same state for the same reasons, and turns again by `stallsAt`. */
  extend(stallsAt: number): void {
    this.#now = { ...this.#now, stallsAt };
    this.#told(this.#now);
  }
}

/** A loop that has not begun. */
export function idleSince(monotonicMs: number): Condition {
  return { state: "idle", since: monotonicMs, failures: 0, stallsAt: Number.POSITIVE_INFINITY };
}
