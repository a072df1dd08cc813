import type { Closing, Cursor } from "../../record/reading.ts";
import { dayMs, utcDayOfMs } from "../../time/clock.ts";
import { oldestDay, shelfProgressOf, type VolumeRow } from "./shelf-progress.ts";

/** One that was read on from its end is read as a whole when it has not changed for a day and an hour. */
const settledMs = 26 * 3_600_000;
/** Behind the newest day nothing says that the next one has begun: then its age has to. */
const aloneDays = 7;
/** Clocks are not so far apart that are set, milliseconds. */
const aheadMs = 3_600_000;

/**
 * A day is over when a later one has been read, or has not come for a week, and every volume that shows it is
 * settled, whole and readable. Of days before the oldest entry and the oldest volume nothing is said: nobody
 * can tell whether there was nothing, or whether it is not there any more. As `SourceKind.closing`.
 */
export function shelfClosing(cursor: Cursor): Closing | undefined {
  const progress = progressIn(cursor);
  if (progress === undefined) return undefined;
  const { start, rows, oldest = oldestDay(rows) } = progress;
  const newest = Math.max(...rows.map(({ days }) => days?.[1] ?? Number.NEGATIVE_INFINITY));
  return {
    first: Math.max(Math.ceil(start / dayMs), oldest),
    isOver(day, now) {
      if (day >= newest && utcDayOfMs(now) - day < aloneDays) return false;
      return rows.every((row) => !mayShow(row, day) || isSettled(row, now));
    },
  };
}

/** What cannot be read may have entries of any day up to its last change. */
function mayShow({ days, changedAt, fault }: VolumeRow, day: number): boolean {
  if (fault !== undefined && days === undefined) return changedAt >= day * dayMs;
  return days !== undefined && days[0] <= day && day <= days[1];
}

function isSettled({ changedAt, days, half, fault }: VolumeRow, now: number): boolean {
  if (half === true || fault !== undefined) return false;
  // A clock that was ahead has dated it: then only its entries tell how old it is.
  if (changedAt > now + aheadMs) return days !== undefined && utcDayOfMs(now) - days[1] >= aloneDays;
  return now - changedAt >= settledMs;
}

function progressIn(cursor: Cursor) {
  try {
    return shelfProgressOf(cursor);
  } catch {
    return undefined;
  }
}
