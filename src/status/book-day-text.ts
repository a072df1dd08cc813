import { misdatedDay } from "../spool/spool-state.ts";
import { dayText, utcDayOfText } from "../time/clock.ts";

/** Shown in place of a day for records whose day cannot be. */
export const misdated = "misdated";

/** The day whose books a record is counted in: `2026-08-01` for 20666, or `misdated`. */
export function bookDayText(day: number): string {
  return day === misdatedDay ? misdated : dayText(day);
}

/** What `bookDayText` made this of; undefined where that is no day. */
export function bookDayOf(text: string): number | undefined {
  if (text === misdated) return misdatedDay;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? utcDayOfText(text) : Number.NaN;
  return Number.isNaN(day) || dayText(day) !== text ? undefined : day;
}
