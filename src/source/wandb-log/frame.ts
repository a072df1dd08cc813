import type { Window } from "../../record/reading.ts";
import { parseTimestamp } from "../../record/timestamp.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { type Instant, msOfInstant } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import type { Frame } from "./decoder.ts";
import { saysFailure } from "./error-report.ts";
import { notLogs } from "./not-logs.ts";

/** What an envelope says about its entries, checked. */
export interface FrameFacts {
  /** Cursor of the next page; undefined: this is the last one. */
  readonly next: string | undefined;
  readonly range: Window | undefined;
}

/**
 * Reads what stands around `shown` entries. Throws SourceError where that says that they are not all there,
 * or says it in no way that can be understood.
 */
export function frameFacts(frame: Frame, shown: number, scrub: Scrub): FrameFacts {
  if (Array.isArray(frame)) return { next: undefined, range: undefined };
  const logs = frame.audit_logs ?? null;
  const known = logs === null || Array.isArray(logs);
  if (!known || saysFailure(frame, logs !== null)) throw notLogs("server_error", scrub(textOf(frame)), true);
  checkCount(frame.count, shown);
  return { next: nextCursor(frame.next_cursor), range: rangeOf(frame) };
}

function checkCount(count: unknown, shown: number): void {
  if (typeof count !== "number" || count === shown) return;
  throw new SourceError(
    "count_mismatch",
    `the server counts ${count} entries but shows ${shown}`,
    "it is read again; if it stays, report it to W&B support",
  );
}

/** A cursor of another kind than text leads to pages that nobody can ask for. */
function nextCursor(next: unknown): string | undefined {
  if (next === undefined || next === null || next === "") return undefined;
  if (typeof next === "string") return next;
  throw new SourceError(
    "count_mismatch",
    `the server says that there is another page, and its cursor is no text: ${textOf(next).slice(0, 60)}`,
    "it is read again; if it stays, report it to W&B support",
  );
}

function rangeOf(frame: Frame): Window | undefined {
  const from = momentOf(frame.range_start_time);
  const to = momentOf(frame.range_end_time);
  return from === undefined || to === undefined
    ? undefined
    : { from: msOfInstant(from), to: msOfInstant(to) };
}

/** Whatever stands there, only a text is a moment. */
function momentOf(value: unknown): Instant | undefined {
  return typeof value === "string" ? parseTimestamp(value) : undefined;
}

/** What was parsed may be nested deeper than it can be written. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "JSON that is nested very deeply";
  }
}
