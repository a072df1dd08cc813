import type { Window } from "../../../record/reading.ts";
import { durationText } from "../../../text/amounts.ts";
import { type Lateness, latestOf } from "./lateness.ts";

/** When a read began: by the server's clock and by ours, epoch milliseconds. */
export interface Moment {
  readonly at: number;
  readonly sentAt: number;
}

/**
 * What it takes to read the newest hours alone. Kept where the server names the span of its answers and gives
 * single days.
 */
export interface Newest {
  /** The last time that the whole steady window was read. */
  readonly whole: Moment;
  /** The server's clock minus ours by then. */
  readonly skewMs: number;
  /** The last read, of the steady window or of the newest hours, and from when on it showed everything. */
  readonly last: Moment & { readonly from: number };
  /** Reads of the newest hours since the whole one: they end also where no clock goes on. */
  readonly reads: number;
  readonly late: Lateness;
  /** A span of the past to try the server with, until our clock says so. */
  readonly trial?: Window & { readonly until: number };
}

/** How the newest hours are read, in words. */
export function newestTexts({ whole, last, reads, late }: Newest): string[] {
  const seconds = latestOf(late) / 1000;
  const clock = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;
  return [
    ...(seconds > 0 ? [`records came up to ${durationText(seconds)} late since yesterday`] : []),
    ...(reads > 0
      ? [`the last poll read from ${clock(last.from)} on, everything was last read ${clock(whole.at)}`]
      : []),
  ];
}
