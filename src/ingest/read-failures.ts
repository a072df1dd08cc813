import type { Tell } from "../report/report.ts";
import type { SourceError, SourceReason } from "../source/source.ts";
import type { ConditionChange, ConditionKeeper } from "../status/condition.ts";
import { type Backoff, backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import type { Total } from "./intake-options.ts";

/** Failures that last until somebody changes a setting, a key or a certificate: the source is held. */
const needsPerson: ReadonlySet<SourceReason> = new Set([
  "unauthorized",
  "forbidden",
  "multiple_organizations",
  "not_found",
  "bad_request",
  "redirect",
  "not_a_file",
  "missing_package",
  "tls",
]);

/** Whether only a person can mend it. */
export function holds({ hold, reason }: SourceError): boolean {
  return hold || needsPerson.has(reason);
}

/** Whose failures they are, and how patient the loop is. */
export interface ReadFailuresOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  readonly condition: ConditionKeeper;
  /** Writes down that the source is held. */
  readonly noteHold: (reason: SourceReason) => void;
  readonly backoff: Backoff;
  /** How often a held source is read, milliseconds. */
  readonly holdIntervalMs: number;
  readonly graceMs: number;
  /** Reads the source's secrets and TLS files again; true when something had changed. */
  readonly reload: () => boolean;
}

/** What a failed read means for the next one, and the end of a row of failures. */
export class ReadFailures {
  readonly #options: ReadFailuresOptions;
  /** When the first of the row failed, and since when the source is held; monotonic milliseconds. */
  #failingSince: number | undefined;
  #heldSince: number | undefined;
  /** What the last of the row was, told until a read ends cleanly. */
  #last: ConditionChange = {};

  constructor(options: ReadFailuresOptions) {
    this.#options = options;
  }

  /**
   * Tells a failure with what the read had kept before it, and gives back how long to wait before the next
   * try, milliseconds.
   */
  failed(error: SourceError, seconds: number, kept: Readonly<Total>): number {
    const { name, clock, random, tell, condition, backoff, holdIntervalMs, graceMs, reload } = this.#options;
    const { reason, message, fix } = error;
    const failures = condition.now.failures + 1;
    const now = clock.monotonic();
    // What files hold may have been changed since: that is tried at once, and before a person is called.
    const changed = reload();
    const hold = holds(error) && !changed;
    const slowly = () => holdIntervalMs * (0.75 + 0.5 * random());
    const patienceMs = changed ? 0 : hold ? slowly() : backoffMs(failures, backoff, random);
    const retryInMs = Math.max(error.retryAfterMs ?? 0, patienceMs);
    this.#failingSince ??= now;
    tell({ type: "poll_failed", source: name, reason, message, fix, retryInMs, seconds, kept });
    if (hold && this.#heldSince === undefined) {
      this.#heldSince = now;
      tell({ type: "source_held", source: name, reason, detail: message, fix });
    }
    if (this.#heldSince !== undefined) {
      this.#options.noteHold(reason);
    }
    // A held source whose server then cannot be reached is still held: only a clean read ends it.
    const nextTry = clock.now() + retryInMs;
    this.#last = { failures, reason, detail: message, fix, nextTry, stallsAt: Number.POSITIVE_INFINITY };
    const stallsAt = now + retryInMs + graceMs;
    condition.become(this.#heldSince === undefined ? "retrying" : "held", { ...this.#last, stallsAt });
    return retryInMs;
  }

  /**
   * The next read begins. What failed before is told until one ends cleanly. The source enforces its own
   * deadline for a whole read, so a read in progress is not a hang.
   */
  reading(): void {
    this.#options.condition.become(this.#heldSince === undefined ? "working" : "held", this.#last);
  }

  /** A read ended cleanly. */
  over(): void {
    const { name, clock, tell, condition } = this.#options;
    const { failures } = condition.now;
    const secondsSince = (since = clock.monotonic()) => (clock.monotonic() - since) / 1000;
    if (this.#heldSince !== undefined)
      tell({ type: "source_released", source: name, heldSeconds: secondsSince(this.#heldSince) });
    else if (failures > 0)
      tell({
        type: "source_recovered",
        source: name,
        failures,
        failedSeconds: secondsSince(this.#failingSince),
      });
    this.#failingSince = undefined;
    this.#heldSince = undefined;
    this.#last = {};
    condition.become("idle", { failures: 0 });
  }
}
