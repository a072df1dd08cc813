import type { Guarantee, RetryResult } from "../output/output.ts";
import type { Tell } from "../report/report.ts";
import type { ConditionKeeper } from "../status/condition.ts";
import { type Backoff, backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { refusedBefore } from "./holds.ts";

/** Whose failures they are, and how patient the loop is. */
export interface FailuresOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  readonly condition: ConditionKeeper;
  readonly backoff: Backoff;
  /** How often a held output is tried, milliseconds. */
  readonly holdIntervalMs: number;
  readonly graceMs: number;
  /** Reads the output's secrets and TLS files again; true when something had changed. */
  readonly reload: () => boolean;
}

/** What a failed send means for the next one, and the end of a row of failures. */
export class Failures {
  readonly #options: FailuresOptions;

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  /**
   * Nothing may be assumed about the batch. Gives back how long to wait before it is sent again,
   * milliseconds.
   */
  failed(result: RetryResult, seconds: number): number {
    const { name, clock, tell, condition, graceMs } = this.#options;
    const failures = condition.now.failures + 1;
    const { reason, detail, quote, fix } = result;
    // What files hold may have been changed since: that is tried at once, and before a person is called.
    const changed = this.#options.reload();
    const hold = result.hold === true && !changed;
    const patienceMs = changed ? 0 : this.#patienceMs(result, failures);
    const retryInMs = Math.max(result.retryAfterMs ?? 0, patienceMs);
    const known = {
      reason,
      detail,
      ...(quote === undefined ? {} : { quote }),
      ...(fix === undefined ? {} : { fix }),
    };
    tell({ type: "delivery_failed", output: name, ...known, retryInMs, seconds });
    if (hold && condition.now.state !== "held") tell({ type: "held", output: name, ...known });
    // A held output whose remote then cannot be reached is still held: only something accepted ends it.
    condition.become(hold || condition.now.state === "held" ? "held" : "retrying", {
      ...known,
      failures,
      nextTry: clock.now() + retryInMs,
      stallsAt: clock.monotonic() + retryInMs + graceMs,
    });
    return retryInMs;
  }

  /** So many events were refused when the program ended: the output is held as it was then. */
  refusedBefore(events: number): void {
    const { name, clock, tell, condition, graceMs } = this.#options;
    const known = refusedBefore(events);
    tell({ type: "held", output: name, ...known });
    condition.become("held", { ...known, failures: 1, stallsAt: clock.monotonic() + graceMs });
  }

  /** The remote took something, which is worth less than the output's guarantee where `worth` says so. */
  over(worth: Guarantee | undefined): void {
    const { name, clock, tell, condition, graceMs } = this.#options;
    const { state, since, failures } = condition.now;
    const seconds = (clock.monotonic() - since) / 1000;
    if (state === "held") tell({ type: "released", output: name, heldSeconds: seconds });
    else if (failures > 0) tell({ type: "output_recovered", output: name, failures, failedSeconds: seconds });
    condition.become("working", { failures: 0, worth, stallsAt: clock.monotonic() + graceMs });
  }

  #patienceMs({ hold, reason }: RetryResult, failures: number): number {
    const { random, backoff, holdIntervalMs } = this.#options;
    if (hold === true) return holdIntervalMs * (0.75 + 0.5 * random());
    // A server may close an idle connection just as a batch leaves: that deserves another try at once, but
    // only one.
    if (reason === "connection_lost" && failures === 1) return 0;
    return backoffMs(failures, backoff, random);
  }
}
