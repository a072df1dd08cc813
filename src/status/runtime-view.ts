import type { Guarantee } from "../output/output.ts";
import type { Spool } from "../spool/spool.ts";
import type { Clock } from "../time/clock.ts";
import type { Condition } from "./condition.ts";

/** A configured source: what was configured, and how its loop is doing now. */
export interface SourceHop {
  readonly name: string;
  readonly type: string;
  readonly instance: string;
  readonly pollIntervalMs: number;
  readonly anonymize: boolean;
  /** TLS certificates are not verified. */
  readonly insecureTls: boolean;
  condition(): Condition;
}

/** A configured output. */
export interface OutputHop {
  readonly name: string;
  readonly type: string;
  readonly guarantee: Guarantee;
  readonly insecureTls: boolean;
  condition(): Condition;
}

/**
 * What is true now. Metrics, health and status read it at the moment they are asked, so they cannot drift from the state;
 * only what happened (counters, histograms, log lines) is made from reports.
 */
export interface RuntimeView {
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The same moment on the monotonic clock. */
  readonly startedMonotonic: number;
  readonly clock: Clock;
  readonly sources: readonly SourceHop[];
  readonly outputs: readonly OutputHop[];
  readonly spool: Pick<Spool, "sources" | "outputs" | "books" | "usage" | "damage">;
}
