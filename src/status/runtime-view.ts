import type { Guarantee } from "../output/output.ts";
import type { Closing, Concern, Cursor, OwedDay, Started } from "../record/reading.ts";
import type { Spool } from "../spool/spool.ts";
import type { Clock } from "../time/clock.ts";
import type { Condition } from "./condition.ts";

/** A configured source. */
export interface SourceHop {
  readonly name: string;
  readonly type: string;
  readonly instance: string;
  /** `verify`: a witness, of which nothing is delivered. */
  readonly role: "primary" | "verify";
  readonly pollIntervalMs: number;
  /** How far behind now its polls read again; undefined where nothing is told of how late records come. */
  readonly lookbackMs: number | undefined;
  readonly anonymize: boolean;
  /** TLS certificates are not verified. */
  readonly insecureTls: boolean;
  /** Days that it had not read yet when it gave this cursor. */
  owes(cursor: Cursor): readonly OwedDay[];
  /** What it had learned of its server by then, in words. */
  learned(cursor: Cursor): readonly string[];
  /** Why its log may be another one than before. */
  otherLog(cursor: Cursor): Concern | undefined;
  /** What its `start` meant by then. */
  started(cursor: Cursor): Started | undefined;
  /** Which of its days were over by then; undefined where none ever is. */
  closing(cursor: Cursor): Closing | undefined;
}

/** A configured output. */
export interface OutputHop {
  readonly name: string;
  readonly type: string;
  readonly guarantee: Guarantee;
  /** So long its events wait for others on purpose: that is no lag. Milliseconds. */
  readonly rollMs: number;
  readonly insecureTls: boolean;
}

/**
 * What runs, for pages, metrics and the control socket: what was configured, how each loop is doing, and the
 * spool. Read at the moment somebody asks, so it cannot drift from the state; only what happened (counters,
 * histograms, log lines) is made from reports.
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
  /** What each loop told last. */
  readonly conditions: {
    source(name: string): Condition;
    output(name: string): Condition;
  };
  /** As `Delivery.hanging`. */
  readonly hanging: () => readonly string[];
  readonly spool: Pick<Spool, "state" | "books">;
  /** Sources are read to now once, not again and again: none is ever overdue. */
  readonly once: boolean;
  /** Bytes free on the disk of the state; undefined where that cannot be told. */
  readonly diskFree: () => number | undefined;
}
