import { utcDayOfMs } from "../../../time/clock.ts";
import { type SlotCounts, slotMs } from "../../wandb-log/spread.ts";
import { leastOf, mostOf } from "./slots.ts";

/** So often everything is read, milliseconds: nothing that comes late is later by more than this. */
export const hourMs = 3_600_000;
/** Never less is read, however quick a server seems, milliseconds. */
const floorMs = hourMs;

/** How late records came at the most, milliseconds, on the newest UTC days. */
export type Lateness = Readonly<Record<string, number>>;

/**
 * How late the latest of the records came that `shown` has and `before` had not, milliseconds; 0 where none
 * was late. Only what had ended when it was counted before tells. `countedAt`: when that was, per slot. Late
 * by what the slots leave open, and by an hour at the most for a time in which nothing was read.
 */
export function lateBy(
  before: SlotCounts,
  shown: SlotCounts,
  countedAt: (slot: number) => number,
  now: number,
): number {
  let latest = 0;
  for (let slot = shown.first; slot < shown.first + shown.most.length; slot++) {
    const counted = mostOf(before, slot);
    const at = countedAt(slot);
    if (counted === undefined || (slot + 1) * slotMs > at) continue;
    if ((leastOf(shown, slot) as number) <= counted) continue;
    latest = Math.max(latest, Math.min(now, at + hourMs) - slot * slotMs);
  }
  return latest;
}

/** With what a read at `now` has shown. It is known until the end of the next UTC day. */
export function withLateness(before: Lateness, ms: number, now: number): Lateness {
  const today = utcDayOfMs(now);
  const kept = [today - 1, today].map((day) => [day, before[day] ?? 0] as [number, number]);
  (kept[1] as [number, number])[1] = Math.max(before[today] ?? 0, ms);
  return Object.fromEntries(kept.filter(([, late]) => late > 0));
}

/** The latest that is known. */
export function latestOf(late: Lateness): number {
  return Math.max(0, ...Object.values(late));
}

/** How far behind the last read the next one begins: half as much again as records came late. */
export function widthOf(late: Lateness, lookbackMs: number): number {
  return Math.max(floorMs, Math.min(latestOf(late) * 1.5, lookbackMs));
}
