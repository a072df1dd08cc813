import type { DayDigest } from "../closed-day.ts";
import type { State } from "./state.ts";
import { keptOf } from "./witness-facts.ts";

/** A day is closed at epoch milliseconds, once more where it was before. In the caller's transaction. */
export function closeDay(
  state: Pick<State, "closedDays" | "books" | "origins">,
  source: string,
  digest: DayDigest,
  at: number,
): void {
  const { day } = digest;
  const { closing = 0 } = state.closedDays.of(source).get(day) ?? {};
  state.closedDays.keep(source, { ...digest, closing: closing + 1, at, kept: keptOf(state, source, day) });
}
