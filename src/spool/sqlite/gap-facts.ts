import { daySpans } from "../../own/day-spans.ts";
import { ownSource } from "../../own/own-origin.ts";
import type { State } from "./state.ts";
import type { GapRow } from "./tables.ts";

/** Why a day is no gap any more: it was shown, or nobody asks for it. */
export type GapEnd = "filled" | "not_wanted" | "start_over";

/**
 * Tells what changed of the gaps of a source since they were `before`; `ended` says why one is none any more.
 * Joins the caller's transaction, which changed them.
 */
export function tellGaps(
  { sources, own }: Pick<State, "sources" | "own">,
  source: string,
  before: readonly GapRow[],
  ended: (day: number) => GapEnd,
  at: number,
): void {
  const after = sources.gaps(source);
  // Nearly always there are none.
  if (before.length === 0 && after.length === 0) return;
  const known = new Set(before.map(({ day }) => day));
  const open = new Set(after.map(({ day }) => day));
  const found = grouped(
    after.filter(({ day }) => !known.has(day)),
    ({ reason }) => reason,
  );
  const gone = grouped(
    before.filter(({ day }) => !open.has(day)),
    ({ day }) => ended(day),
  );
  for (const [reason, days] of found)
    for (const spans of daySpans(days)) own.tell({ action: "gap_found", source, ...spans, reason }, at);
  for (const [why, days] of gone)
    for (const spans of daySpans(days)) {
      if (why === "filled") own.tell({ action: "gap_filled", source, ...spans }, at);
      else own.tell({ action: "gap_dropped", source, ...spans, why }, at);
    }
}

/** Days of records that were lost here are gaps until they are read again. Ours nobody can show again. */
export function expectDays(
  state: Pick<State, "sources" | "own">,
  lost: Iterable<{ readonly source: string; readonly day: number }>,
  reason: string,
  at: number,
): void {
  // A witness brings nothing back.
  const bySource = grouped([...lost], ({ source }) => state.sources.primaryFor(source));
  for (const [source, days] of bySource) {
    if (source === ownSource) continue;
    const before = state.sources.gaps(source);
    for (const day of days) state.sources.addGap({ source, day, reason, at });
    tellGaps(state, source, before, () => "filled", at);
  }
}

function grouped<Row extends { readonly day: number }, Key>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row.day]);
    else group.push(row.day);
  }
  return groups;
}
