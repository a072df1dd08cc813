import type { SourceState } from "../spool/spool-state.ts";
import { counted } from "../text/amounts.ts";
import { dayText, utcDayOfMs } from "../time/clock.ts";
import type { SourceHop } from "./runtime-view.ts";

/** So many days are shown, the newest. */
const daysShown = 31;

/**
 * A UTC day of a source. `open`: it is not over. `settling`: more may come of it, or came after it was
 * closed. `closed`: all of it was read once more, and nothing more is expected.
 */
export interface DayStatus {
  readonly day: string;
  readonly state: "open" | "settling" | "closed";
  /** How often it was closed, and what of it was shown the last time; null before that. */
  readonly closings: number;
  readonly closed_at: string | null;
  readonly records: number | null;
  /** As `DayDigest`. */
  readonly digest: string | null;
}

/** The days of a source that it was to show as a whole. */
export interface DaysStatus {
  /** How many days were closed at all. */
  readonly closed: number;
  /** Of the days that are shown, those that are settling. */
  readonly settling: number;
  /** Newest first. */
  readonly newest: readonly DayStatus[];
}

/** Null for a source whose days are not closed. `now` is epoch milliseconds. */
export function daysStatus(
  { role, closing }: Pick<SourceHop, "role" | "closing">,
  state: SourceState | undefined,
  now: number,
): DaysStatus | null {
  const { cursor, closed } = state ?? {};
  const { first } = (cursor !== undefined && role === "primary" && closing(cursor)) || {};
  if (first === undefined || closed === undefined) return null;
  const today = utcDayOfMs(now);
  const newest = Array.from({ length: Math.max(0, Math.min(daysShown, today - first + 1)) }, (_, back) =>
    dayStatus(today - back, closed, today),
  );
  const settling = newest.filter((day) => day.state === "settling").length;
  return { closed: closed.days, settling, newest };
}

/** `19 days are closed, the last 2026-08-19; 7 more days are settling`; undefined before the first is. */
export function closedText({ closed, settling, newest }: DaysStatus): string | undefined {
  if (closed === 0) return undefined;
  const last = newest.find(({ state }) => state === "closed");
  const to = last === undefined ? "" : `, the last ${last.day}`;
  return `${counted(closed, "day")} ${closed === 1 ? "is" : "are"} closed${to}; ${counted(settling, "day")} settling`;
}

function dayStatus(day: number, { newest }: NonNullable<SourceState["closed"]>, today: number): DayStatus {
  const closed = newest.find((each) => each.day === day);
  const settled = closed === undefined || closed.reopened ? "settling" : "closed";
  return {
    day: dayText(day),
    state: day >= today ? "open" : settled,
    closings: closed?.closing ?? 0,
    closed_at: closed === undefined ? null : new Date(closed.at).toISOString(),
    records: closed?.records ?? null,
    digest: closed?.digest ?? null,
  };
}
