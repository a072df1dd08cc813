import type { Window } from "../../../record/reading.ts";
import { dayMs } from "../../../time/clock.ts";
import { type SlotCounts, slotMs } from "../../wandb-log/spread.ts";
import { isSettled, leastOf, mostOf } from "./slots.ts";

/**
 * Ten minutes of the past that show whether a server understands hours: of as few entries as there are, and
 * of a day with entries before and after, which an answer for all of the day would show too. Undefined where
 * no such are known.
 */
export function trialSpan(counts: SlotCounts, now: number): Window | undefined {
  const perDay = dayMs / slotMs;
  const filled = counts.most.flatMap((count, at) => (count > 0 ? [counts.first + at] : []));
  const dayOf = (slot: number | undefined) => (slot === undefined ? undefined : Math.floor(slot / perDay));
  let found: number | undefined;
  for (const [at, slot] of filled.entries()) {
    const amid = dayOf(filled[at - 1]) === dayOf(slot) && dayOf(filled[at + 1]) === dayOf(slot);
    const sure = leastOf(counts, slot) === mostOf(counts, slot);
    if (!amid || !sure || !isSettled(slot, now)) continue;
    const fewer = found === undefined || (mostOf(counts, slot) ?? 0) <= (mostOf(counts, found) ?? 0);
    if (fewer) found = slot;
  }
  return found === undefined ? undefined : { from: found * slotMs, to: (found + 1) * slotMs };
}
