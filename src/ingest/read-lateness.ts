import { addLateness, type LatenessCounts, type LatenessSpan, LatenessTally } from "../spool/lateness.ts";
import { dayMs, utcDayOfMs } from "../time/clock.ts";

/** A record counts as later by this at most for a time in which nothing was read, milliseconds. */
const mostAwayMs = 3_600_000;

/** How late the records of one read come after another. */
export class ReadLateness {
  /** Told when each new record happened; undefined where it says nothing. */
  tally: LatenessTally | undefined;
  /** Of what the read has kept. */
  kept: LatenessCounts | undefined;

  /** A read begins at `now`; without `watermark` and `from` nothing is counted. Epoch milliseconds. */
  begin(now: number, watermark: number | undefined, from: number | undefined): void {
    this.kept = undefined;
    this.tally =
      watermark === undefined || from === undefined
        ? undefined
        : new LatenessTally(latenessSpan(now, watermark, from));
  }

  /** What was counted went to disk. */
  keep(counted: LatenessCounts | undefined): void {
    if (counted !== undefined) this.kept = addLateness(this.kept, counted);
  }
}

/**
 * From when on a steady read tells how late records come: what is older comes from days that were missed, or
 * from an earlier `start`. Epoch milliseconds.
 */
export function steadyFrom(now: number, lookbackMs: number): number {
  return dayMs * Math.min(utcDayOfMs(now) - 1, utcDayOfMs(now - lookbackMs));
}

/**
 * How late what a read shows at `now` came: by the time since it happened. What happened since the
 * `watermark`, while nothing was read for longer, says nothing. All in epoch milliseconds.
 */
function latenessSpan(now: number, watermark: number, from: number): LatenessSpan {
  const reached = watermark + mostAwayMs;
  return now > reached
    ? { from, to: reached, shownAt: reached }
    : { from, to: Number.POSITIVE_INFINITY, shownAt: now };
}
