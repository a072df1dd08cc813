import { dayMs } from "../time/clock.ts";

/** The spans that W&B's dashboards know. */
export const activityPeriods = ["7d", "30d", "90d", "6mo", "12mo", "all"] as const;
/** One of them. */
export type ActivityPeriod = (typeof activityPeriods)[number];

/** UTC days, both of them included. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/**
 * The days of a period that ends with `today`. A month before the 31st is the last day of a shorter month.
 * `first` is the first day of which anything is known.
 */
export function periodDays(period: ActivityPeriod, today: number, first: number): DaySpan {
  if (period === "all") return { from: Math.min(first, today), to: today };
  const count = Number.parseInt(period, 10);
  return { from: period.endsWith("d") ? today - count + 1 : monthsBefore(today, count) + 1, to: today };
}

/** As many days just before these. */
export function spanBefore({ from, to }: DaySpan): DaySpan {
  return { from: from - (to - from + 1), to: from - 1 };
}

function monthsBefore(day: number, months: number): number {
  const date = new Date(day * dayMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastOfMonth)) / dayMs;
}
