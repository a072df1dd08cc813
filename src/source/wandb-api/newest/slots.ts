import type { Window } from "../../../record/reading.ts";
import { type SlotCounts, slotMs } from "../../wandb-log/spread.ts";

/** What ended so long ago is settled: two servers behind one address show the same of it, milliseconds. */
const settledMs = 1_800_000;

/** The number of the slot that a moment is in. */
export function slotOf(ms: number): number {
  return Math.floor(ms / slotMs);
}

/** Whether a slot was settled at `now`. */
export function isSettled(slot: number, now: number): boolean {
  return (slot + 1) * slotMs <= now - settledMs;
}

/** The most entries that a slot had; undefined where nobody counted. */
export function mostOf({ first, most }: SlotCounts, slot: number): number | undefined {
  return most[slot - first];
}

/** The entries that a slot had at the least; undefined where nobody counted. */
export function leastOf({ first, most, least = most }: SlotCounts, slot: number): number | undefined {
  return least[slot - first];
}

/** The slots that were counted and are in the span as a whole, oldest first. */
export function slotsWithin({ first, most }: SlotCounts, { from, to }: Window): number[] {
  const begin = Math.max(first, Math.ceil(from / slotMs));
  const end = Math.min(first + most.length, Math.floor(to / slotMs));
  return Array.from({ length: Math.max(0, end - begin) }, (_, at) => begin + at);
}

/**
 * What is known once `shown` was counted: its counts in place of older ones, as far as `kept` reaches. What
 * is not side by side with it is forgotten, so that nothing is taken for empty that nobody counted.
 */
export function withShown(before: SlotCounts | undefined, shown: SlotCounts, kept: Window): SlotCounts {
  const end = (counts: SlotCounts) => counts.first + counts.most.length;
  const apart = before === undefined || before.first > end(shown) || end(before) < shown.first;
  const [first, last] = apart
    ? [shown.first, end(shown)]
    : [Math.min(before.first, shown.first), Math.max(end(before), end(shown))];
  const from = Math.max(first, slotOf(kept.from));
  const length = Math.max(0, Math.min(last, slotOf(kept.to) + 1) - from);
  const counted = (slot: number) => (mostOf(shown, slot) === undefined && before ? before : shown);
  const slots = Array.from({ length }, (_, at) => from + at);
  const most = slots.map((slot) => mostOf(counted(slot), slot) ?? 0);
  const least = slots.map((slot) => leastOf(counted(slot), slot) ?? 0);
  const sure = most.every((count, at) => count === least[at]);
  return { first: from, most, ...(!sure && { least }) };
}
