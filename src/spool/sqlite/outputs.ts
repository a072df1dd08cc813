import type { SettledCounts } from "../spool.ts";
import type { Backlog, OutputState } from "../spool-state.ts";
import type { State } from "./state.ts";

/**
 * The outputs of the configuration begin where they were, new ones at the oldest record; others that were
 * there are abandoned.
 */
export function registerOutputs({ positions, chunks, books }: State, names: readonly string[]): void {
  const before = chunks.meta().oldest - 1;
  for (const name of names) {
    if (positions.has(name)) {
      if (positions.of(name).abandoned !== 0) positions.put({ ...positions.of(name), abandoned: 0 });
      continue;
    }
    const counts = { delivered: 0, filtered: 0, dead: 0 };
    positions.put({ name, position: before, joinedSeq: before + 1, ...counts, abandoned: 0 });
    books.give(name, "skipped", books.missing(name, chunks.beyond(before)));
  }
  for (const row of positions.active())
    if (!names.includes(row.name)) positions.put({ ...row, abandoned: 1 });
}

/** What an output has not settled, damaged records left out. */
export function backlogOf({ positions, chunks, damages }: State, output: string): Backlog {
  const { position } = positions.of(output);
  const { head } = chunks.meta();
  const events = head - position - damages.between(position, head);
  if (events === 0) return { events };
  let oldest = position + 1;
  for (let hole = damages.at(oldest); hole !== undefined; hole = damages.at(oldest)) oldest = hole.last + 1;
  const oldestObserved = chunks.observedMs(oldest);
  return oldestObserved === undefined ? { events } : { events, oldestObserved };
}

/** By name, the abandoned ones too. */
export function outputStates(state: State): OutputState[] {
  return state.positions.all().map(({ name, position, delivered, filtered, dead, abandoned }) => ({
    output: name,
    position,
    delivered,
    filtered,
    dead,
    backlog: backlogOf(state, name),
    abandoned: abandoned !== 0,
  }));
}

/**
 * How many records a settlement covers; throws unless it covers exactly what lies between the position and
 * `through`.
 */
export function checkedSettlement(
  { positions, chunks, damages }: State,
  output: string,
  through: number,
  counts: readonly SettledCounts[],
  dead: number,
): { readonly kept: number; readonly settled: number } {
  const { position } = positions.of(output);
  if (through < position || through > chunks.meta().head)
    throw new Error(`the position of ${output} cannot move from ${position} to ${through}`);
  const settled = counts.reduce((sum, row) => sum + row.delivered + row.filtered + row.dead, 0);
  const damaged = damages.between(position, through);
  const kept = through - position - damaged;
  // Records may have been damaged on disk after they were read for this batch: then they are not lost after
  // all.
  if (settled < kept || settled > kept + damaged || counts.reduce((sum, row) => sum + row.dead, 0) !== dead)
    throw new Error(`counts of ${settled} records do not cover ${position + 1} to ${through} of ${output}`);
  return { kept, settled };
}
