import { dayMs } from "../time/clock.ts";
import type { Asked } from "./wandb-dialect.ts";

/** What the stand-in server can do wrong where it is asked for hours of a day, by name. */
export const hoursFaults = [
  "hours_refused",
  "hours_failing",
  "hours_unknown",
  "hours_claimed",
  "hours_unending",
  "hours_cut",
  "hours_withheld",
] as const;
/** One of them. */
export type HoursFault = (typeof hoursFaults)[number];

/** Whether a request is for a part of a day. */
export function asksHours(query: URLSearchParams): boolean {
  return (query.get("startDate") ?? "").length > 10 || (query.get("endDate") ?? "").length > 10;
}

/** So much of the newest is left out by `hours_withheld`, milliseconds. */
const withheldMs = 45 * 60_000;

/**
 * What is answered in place of the hours that were asked for: `from` to `to` is what is shown, `said` the
 * range that is named where that is another one.
 */
export function misheard(asked: Asked, fault: HoursFault | undefined, now: number): Asked {
  const { from, to } = asked;
  const dayFrom = Math.floor(from / dayMs) * dayMs;
  const middle = from + Math.floor((to - from) / 2000) * 1000;
  switch (fault) {
    case "hours_unknown":
      return { ...asked, from: dayFrom, to: Math.ceil(to / dayMs) * dayMs };
    case "hours_claimed":
      return { ...asked, from: dayFrom, to: Math.ceil(to / dayMs) * dayMs, said: { from, to } };
    case "hours_unending":
      return { ...asked, to: to % dayMs === 0 ? to + dayMs : Math.ceil(to / dayMs) * dayMs };
    case "hours_cut":
      return { ...asked, to: middle };
    case "hours_withheld":
      return { ...asked, to: Math.min(to, Math.max(from, now - withheldMs)), said: { from, to } };
    default:
      return asked;
  }
}
