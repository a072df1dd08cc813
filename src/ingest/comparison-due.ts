import type { WitnessedDay } from "../spool/witnessed.ts";
import { dayMs, utcDayOfMs } from "../time/clock.ts";

const hourMs = 3_600_000;
/**
 * W&B's two ways are ten minutes apart and may be more, polls are some minutes, and records come late: what
 * two sides disagree about is told when every primary was read once more, so much later. Milliseconds.
 */
export const settleMs = hourMs;
/** A primary that is not read for so long, milliseconds, does not keep its witness from telling. */
export const patienceMs = dayMs;
/** How soon a day is compared again, where it is shown with every poll and where it changed; milliseconds. */
const [againMs, againSoonMs] = [6 * hourMs, hourMs];
/** What could not be compared is tried once a day while it is not older than this. */
const triedDays = 8;
/** A day is compared again when it is so old: what is gone from the witness shows nothing by itself. */
const distances = [3, 7] as const;
/** One that differs is compared again in such a part of its age, and once a day at most. */
const partOfAge = 1 / 8;

/** What is known of a UTC day that a witness may compare. Moments are epoch milliseconds. */
export interface DueOptions {
  readonly day: number;
  /** What was found last. */
  readonly row: WitnessedDay | undefined;
  /** Since when something of it has to settle, or is suspected. */
  readonly doubted: number | undefined;
  readonly suspected: number | undefined;
  readonly now: number;
  /** When this program began. */
  readonly startedAt: number;
  /** Up to when every primary was read. */
  readonly read: number;
  /** The witness shows by itself when a day of it has changed. */
  readonly showsChanges: boolean;
  /** How many records of it its instance has kept. */
  readonly kept: number;
}

/** Whether the day is to be compared now. */
export function comparisonDue(options: DueOptions): boolean {
  const { day, row, doubted, suspected, now, startedAt, read, showsChanges } = options;
  const settled = (at: number) => read >= at + settleMs || now >= at + patienceMs;
  if (doubted !== undefined) return settled(doubted);
  if (suspected !== undefined && settled(suspected) && isApart(row, now, againSoonMs)) return true;
  const end = (day + 1) * dayMs;
  if (now < end + settleMs) return false;
  if (row?.compared === undefined) return read >= end || now >= Math.max(end, startedAt) + patienceMs;
  if (row.trouble !== undefined) return utcDayOfMs(now) - day <= triedDays && isApart(row, now, dayMs);
  if (row.kept !== options.kept && isApart(row, now, againSoonMs)) return true;
  if (row.open) return isApart(row, now, showsChanges ? againSoonMs : againMs);
  if (row.since !== undefined) return isApart(row, now, Math.max(dayMs, (now - end) * partOfAge));
  return isOfAge(row.compared, end, now);
}

/** A clock that was ahead says nothing. */
function isApart(row: WitnessedDay | undefined, now: number, ms: number): boolean {
  const { compared } = row ?? {};
  return compared === undefined || now >= compared + ms || compared > now + ms;
}

/** It has come to one of the distances since it was compared. */
function isOfAge(compared: number, end: number, now: number): boolean {
  return distances.some((distance) => {
    const at = end + (distance - 1) * dayMs + settleMs;
    return compared < at && now >= at;
  });
}
