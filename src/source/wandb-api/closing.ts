import type { Closing, Cursor } from "../../record/reading.ts";
import { dayMs, utcDayOfMs } from "../../time/clock.ts";
import type { WandbApiConfig } from "./config.ts";
import { sweepReach } from "./sweep-reach.ts";

/** A day is read once more when it is so many days old, and then it is over. */
const lastSweep = 7;

/**
 * A day is over with the last of its sweeps. Where the server shows days no longer than that, on the day
 * before it is gone. As `SourceKind.closing`.
 */
export function apiClosing(cursor: Cursor, config: Pick<WandbApiConfig, "url">): Closing | undefined {
  const reach = sweepReach(cursor, config);
  if (reach === undefined) return undefined;
  const { since, window = Number.POSITIVE_INFINITY, owed } = reach;
  const age = Math.max(1, Math.min(lastSweep, window - 1));
  return {
    first: Math.ceil(since / dayMs),
    isOver: (day, now) => utcDayOfMs(now) - day >= age && !owed.includes(day),
  };
}
