import { dayText } from "../../time/clock.ts";
import type { WitnessStep } from "../witnessed.ts";
import type { State } from "./state.ts";

/**
 * Keeps what a comparison found, at epoch milliseconds, and tells what changed by it. In the caller's
 * transaction.
 */
export function keepWitnessed(
  state: Pick<State, "witnessDays" | "own" | "books" | "origins">,
  { source, witnessed }: WitnessStep,
  at: number,
): void {
  if (witnessed === undefined) return;
  const { witnessDays, own } = state;
  const { day, missing, extra, examples } = witnessed;
  const before = witnessDays.day(source, day);
  const differs = missing + extra > 0;
  const since = differs ? (before?.since ?? at) : undefined;
  const kept = keptOf(state, source, day);
  witnessDays.keep(source, { ...witnessed, kept, compared: at, ...(since !== undefined && { since }) });
  const of = { source, day: dayText(day) };
  if (differs) {
    const same = before?.since !== undefined && before.missing === missing && before.extra === extra;
    if (!same) own.tell({ action: "witness_differs", ...of, missing, extra, examples }, at);
  } else if (before?.since !== undefined) {
    const seconds = Math.max(0, Math.round((at - before.since) / 1000));
    own.tell({ action: "witness_agrees", ...of, seconds }, at);
  }
}

/** How many records of a UTC day were kept of the instance that a source reads, whichever showed them. */
export function keptOf(
  { books, origins }: Pick<State, "books" | "origins">,
  source: string,
  day: number,
): number {
  return origins.alike(source).reduce((sum, each) => sum + books.newOf(each, day), 0);
}
