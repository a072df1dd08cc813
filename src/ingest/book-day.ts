import { isLogDay, unset } from "../record/log-days.ts";
import { misdatedDay } from "../spool/spool-state.ts";
import { dayMs, utcDayOfMs } from "../time/clock.ts";

/** Clocks may be so far apart, and believed all the same (ADR 30). */
const daysAhead = 2;

/**
 * The UTC day whose books count an entry of `day`: its own or, where no clock can have reached it or no log
 * can have it, one for all such days. `today` is by our clock; `watermark` is the end of what was read, by a
 * clock that was believed. A clock that was never set says nothing.
 */
export function bookDay(day: number, today: number, watermark: number | undefined): number {
  if (!isLogDay(day)) return misdatedDay;
  if (unset(today * dayMs)) return day;
  const latest = watermark === undefined ? today : Math.max(today, utcDayOfMs(watermark));
  return day > latest + daysAhead ? misdatedDay : day;
}

/**
 * The day by which the ledger knows an entry of `day`. It says nothing of clocks: an entry that is read again
 * when its day has come must still be known.
 */
export function ledgerDay(day: number): number {
  return isLogDay(day) ? day : misdatedDay;
}
