import { unset } from "../record/log-days.ts";
import type { SweepReach } from "../record/reading.ts";
import type { SweepProgress } from "../spool/spool-state.ts";
import { dayMs, utcDayOfMs } from "../time/clock.ts";

/** Each day is read once more when it is so many days old: W&B may show an entry days late. */
const distances = [1, 3, 7] as const;
/** What a daemon that was down did not read once more, it still does for the sweeps of so many days. */
const mostDates = 7;
const minuteMs = 60_000;
/** What the day that has just ended shows of its end has settled by then, and the hour is spread over. */
const [firstMs, spreadMs] = [15 * minuteMs, 45 * minuteMs];

/** The newest UTC day whose sweeps may be read at `now`, epoch milliseconds. `spread`: 0 to 1, for jitter. */
export function sweepDate(now: number, spread: number): number {
  return utcDayOfMs(now - firstMs - spread * spreadMs);
}

/**
 * The days that are read once more on `date`, oldest first. What has come to a farther distance by `newest`
 * is read then, and not twice.
 */
export function sweepDays(date: number, newest: number, { since, window, owed }: SweepReach): number[] {
  const all = distancesIn(window);
  const isNext = (distance: number, at: number) => {
    const farther = all[at + 1];
    return farther === undefined || date - distance + farther > newest;
  };
  return all
    .filter(isNext)
    .map((distance) => date - distance)
    .filter((day) => day * dayMs >= since && !owed.includes(day))
    .sort((a, b) => a - b);
}

/**
 * Where the sweeps go on. Those of days that are too long ago are left out. `progress` that is ahead of both
 * clocks, ours and the one behind the `watermark`, was written while one was wrong.
 */
export function resumedSweeps(
  progress: SweepProgress,
  newest: number,
  watermark: number | undefined,
): SweepProgress {
  const { date } = progress;
  const latest = Math.max(newest, watermark === undefined ? newest : utcDayOfMs(watermark));
  if (date > latest + 1) return firstSweeps(progress.source, newest);
  return date < newest - mostDates ? firstSweeps(progress.source, newest - mostDates) : progress;
}

/** Those of `date` come next. */
export function firstSweeps(source: string, date: number): SweepProgress {
  return { source, date, next: 0, seen: 0, failures: 0 };
}

/** A clock that was never set says nothing of days. */
export function knowsDate(now: number): boolean {
  return !unset(now);
}

/** Ascending; where it is known how far back the source shows days, one lies a day before that. */
function distancesIn(window: number | undefined): readonly number[] {
  if (window === undefined) return distances;
  const within = distances.filter((distance) => distance <= window);
  return [...new Set([...within, Math.max(1, window - 1)])].sort((a, b) => a - b);
}
