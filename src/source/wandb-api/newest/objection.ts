import type { Window } from "../../../record/reading.ts";
import { counted } from "../../../text/amounts.ts";
import { dayMs } from "../../../time/clock.ts";
import type { SlotCounts } from "../../wandb-log/spread.ts";
import { isSettled, leastOf, mostOf, slotsWithin } from "./slots.ts";

/** An answer for a part of a day, as far as it tells whether it is one. */
export interface HoursAnswer {
  readonly answers: "ndjson" | "envelope";
  readonly range?: Window;
  readonly slots: SlotCounts;
  /** Entries with a time outside what was asked for. */
  readonly outside: number;
}

/**
 * Why an answer is not believed to hold all of the hours that were asked for, and them alone; undefined where
 * nothing speaks against it. `known`: what answers have shown before.
 */
export function objection(
  asked: Window,
  { answers, range, slots, outside }: HoursAnswer,
  known: SlotCounts,
  now: number,
): string | undefined {
  if (answers !== "envelope") return "it answers for hours with NDJSON";
  if (range === undefined) return "its answer for hours names no range";
  if (range.from !== asked.from || range.to !== asked.to)
    return `it answers for ${text(range)} when asked for ${text(asked)}`;
  if (outside > 0) return `its answer for ${text(asked)} holds ${counted(outside, "record")} of other times`;
  for (const slot of slotsWithin(known, asked)) {
    const before = leastOf(known, slot) as number;
    const shown = mostOf(slots, slot) ?? 0;
    if (shown < before && isSettled(slot, now))
      return `its answer for ${text(asked)} lacks ${counted(before - shown, "record")} that it has shown before`;
  }
  return undefined;
}

/**
 * Whether an answer that agrees shows that hours are understood: it holds entries, and one for the whole day
 * would hold more.
 */
export function provesHours(asked: Window, slots: SlotCounts, known: SlotCounts): boolean {
  const dayBegan = Math.floor(asked.from / dayMs) * dayMs;
  const some = (counts: SlotCounts, span: Window) =>
    slotsWithin(counts, span).some((slot) => (leastOf(counts, slot) ?? 0) > 0);
  return some(slots, asked) && some(known, { from: dayBegan, to: asked.from });
}

function text({ from, to }: Window): string {
  const minute = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;
  return `${minute(from)} to ${minute(to)}`;
}
