import { utcDayOfMs } from "../time/clock.ts";

/** W&B is from 2017, so nothing that its log tells can have happened before. Days since 1970-01-01. */
const first = utcDayOfMs(Date.UTC(2017, 0));
/** Far enough for any clock, and near enough that all days up to it can be remembered one by one. */
const last = utcDayOfMs(Date.UTC(2100, 0)) - 1;
/** W&B had no audit log before 2023: a clock that says so is not set. */
const logBegan = Date.UTC(2023, 0);

/** Whether a clock that shows `now`, epoch milliseconds, was plainly never set. */
export function unset(now: number): boolean {
  return now < logBegan;
}

/** Whether an audit log can ever have an entry of a UTC day, whatever the time is. */
export function isLogDay(day: number): boolean {
  return day >= first && day <= last;
}

/**
 * The same day or, for one that no log can have, the one before the first or after the last. So the days that
 * a server can make us remember are a few ten thousand, and in their order.
 */
export function nearLogDay(day: number): number {
  return Math.min(Math.max(day, first - 1), last + 1);
}
