import type { Output } from "../output/output.ts";
import type { Tell } from "../report/report.ts";
import type { DeliverySpool, Limit } from "../spool/spool.ts";
import type { Condition } from "../status/condition.ts";
import type { Backoff } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import type { Shape } from "./batch.ts";

/** One output and its delivery policy. */
export interface DeliverOptions {
  readonly name: string;
  readonly output: Output;
  readonly spool: DeliverySpool;
  readonly shape: Shape;
  /** What one batch may hold, in events and in bytes of payloads. */
  readonly limit: Limit;
  /** How long a batch that is not full waits for more, milliseconds. */
  readonly maxWaitMs: number;
  readonly sendTimeoutMs: number;
  readonly backoff: Backoff;
  /** How often a held output is tried, milliseconds. */
  readonly holdIntervalMs: number;
  /** What was delivered so shortly before a disturbance is sent again, milliseconds; 0: nothing. */
  readonly replayWindowMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** Told every change of the loop's condition. */
  readonly watch?: (condition: Condition) => void;
  /** Reads this output's secrets and TLS files again; true when something had changed. */
  readonly reload: () => boolean;
  /** Wakes when records were kept. */
  readonly kept: Wakeup;
}

/** How a delivery is ended, in three steps. */
export interface DeliverSignals {
  /** Deliver until the backlog is empty or the remote fails, then end. */
  readonly drain: AbortSignal;
  /** Start no further send. */
  readonly halt: AbortSignal;
  /** Give up the send in flight. */
  readonly deadline: AbortSignal;
}

/** One output's way out of the spool. The whole delivery policy is in this folder, once for all outputs. */
export interface Deliver {
  /** Delivers until the signals end it. Rejects with SpoolError when the state cannot be trusted. */
  run(signals: DeliverSignals): Promise<void>;
  /** A person says that something was repaired: tries now, and counts refusals afresh. */
  retryNow(): void;
  /** Something changed that may have repaired it: tries now. */
  tryNow(): void;
  /** The next batch waits for no more events. */
  flush(): void;
  /** What is only kept for the sake of speed goes. */
  rest(): void;
}
