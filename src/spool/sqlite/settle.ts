import type { DeadLetter, SettledCounts, Settlement } from "../spool.ts";
import { aboutOutput } from "./open-holds.ts";
import { advanceReplay } from "./replay-reading.ts";
import type { State } from "./state.ts";
import { waitingFor } from "./waiting.ts";

/** A settlement of `output`; joins the caller's transaction. `now` is epoch milliseconds. */
export function settle(state: State, output: string, settlement: Settlement, now: number): void {
  const { books, positions, letters, milestones, side, stretches, archives } = state;
  const { kept, settled } = checkedSettlement(state, output, settlement);
  const { through, counts, dead, suspects, done, stretch, replay, files } = settlement;
  stretches.mark(output, positions.of(output).position, now);
  milestones.pass(output, positions.of(output).position, now);
  books.settled(output, counts);
  positions.move(output, through, counts);
  archives.passed(output, through);
  archives.keep(output, files ?? [], now);
  tellFirstLetters(state, output, dead, now);
  letters.keep(output, dead);
  side.remove(output, done);
  side.put(output, "suspect", suspects);
  if (stretch !== undefined) stretches.advance(output, stretch);
  if (replay !== undefined) advanceReplay(state, output, replay, now);
  if (settled > kept) books.give(output, "lost", books.missing(output, waitingFor(state, output)));
  // Only something that its remote takes ends a hold.
  if (sum(counts, "delivered") + sum(counts, "resent") > 0) state.holds.end(aboutOutput(output), now);
  if (!books.sound(output, counts)) throw new Error(`counts of ${output} are of other days than its records`);
}

/** Of the dead letters those that are the first for their reason, of all that the output keeps. */
function tellFirstLetters(
  { letters, own }: State,
  output: string,
  dead: readonly DeadLetter[],
  now: number,
): void {
  const told = new Set<string>();
  for (const { record, reason } of dead) {
    if (told.has(reason) || letters.has(output, reason)) continue;
    told.add(reason);
    const { source, uid } = record;
    own.tell({ action: "first_dead_letter", output, reason, source, uid }, now);
  }
}

/**
 * How many records of the run and of the side queue a settlement covers; throws unless it covers exactly
 * what lies between the position and its `through`, and what waited beside it.
 */
function checkedSettlement(
  { positions, chunks, damages }: State,
  output: string,
  { through, counts, dead, suspects, done }: Settlement,
): { readonly kept: number; readonly settled: number } {
  const { position } = positions.of(output);
  if (through < position || through > chunks.meta().head)
    throw new Error(`the position of ${output} cannot move from ${position} to ${through}`);
  const settled = sum(counts, "delivered") + sum(counts, "filtered") + sum(counts, "dead") + suspects.length;
  const damaged = damages.between(position, through);
  const kept = through - position - damaged + done.length;
  // Records may have been damaged on disk after they were read for this batch: then they are not lost after
  // all.
  if (settled < kept || settled > kept + damaged || sum(counts, "dead") !== dead.length)
    throw new Error(`counts of ${settled} records do not cover ${position + 1} to ${through} of ${output}`);
  return { kept, settled };
}

function sum(counts: readonly SettledCounts[], column: "delivered" | "filtered" | "dead" | "resent"): number {
  return counts.reduce((total, row) => total + row[column], 0);
}
