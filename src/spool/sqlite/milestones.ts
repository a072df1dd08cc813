import type { Passed } from "../event-lookup.ts";
import type { Database } from "./database.ts";
import type { MilestoneRow } from "./people-tables.ts";
import type { Tables } from "./tables.ts";

/** So often is written down where a position is, milliseconds. */
const everyMs = 600_000;
/** And so long it is remembered, milliseconds. */
const keepMs = 31 * 86_400_000;
/** The same of `mark`, see `stretches.ts`. */
const markEveryMs = 15_000;

/**
 * When a position passed a record. Each settlement writes down where the position is before it moves, unless
 * that was done a short while ago: so a record was passed within that while after the last time the position
 * stood before it. Writes join the caller's transaction.
 */
export interface Milestones {
  load(): void;
  /** Where the position is now, before it moves on. */
  pass(output: string, position: number, at: number): void;
  /** When the output's position, which is beyond it now, passed the record at `seq`. */
  passed(output: string, seq: number): Passed;
}

/** The milestones kept in `tables`; empty until `load`. */
export function milestones(db: Database, tables: Tables): Milestones {
  const last = new Map<string, number>();
  return {
    load() {
      last.clear();
      for (const { output, at } of db.all<{ output: string; at: number }>(
        "SELECT output, max(at) AS at FROM milestone GROUP BY output",
      ))
        last.set(output, at);
    },

    pass(output, position, at) {
      const before = last.get(output);
      if (before !== undefined && Math.abs(at - before) < everyMs) return;
      tables.milestone.put({ output, at, position });
      db.run("DELETE FROM milestone WHERE output = ? AND at < ?", output, at - keepMs);
      last.set(output, at);
    },

    passed(output, seq) {
      const fine = between(soundRows(tables.mark, output), seq, markEveryMs);
      return fine?.after === undefined
        ? (between(soundRows(tables.milestone, output), seq, everyMs) ?? fine ?? {})
        : fine;
    },
  };
}

function soundRows(table: Tables["milestone"], output: string): MilestoneRow[] {
  return table
    .checked("WHERE output = ? ORDER BY at", output)
    .filter(({ sound }) => sound)
    .map(({ row }) => row);
}

/** Undefined where they say nothing: none is there, or the clock was set back in between. */
function between(rows: readonly MilestoneRow[], seq: number, everyMs: number): Passed | undefined {
  const first = rows.findIndex(({ position }) => position >= seq);
  const before = first === -1 ? rows : rows.slice(0, first);
  if (first !== -1 && rows.slice(first).some(({ position }) => position < seq)) return undefined;
  const [last, next] = [before.at(-1), first === -1 ? undefined : rows[first]];
  if (last === undefined) return next === undefined ? undefined : { before: next.at };
  return { after: last.at, before: Math.min(last.at + everyMs, next?.at ?? Number.POSITIVE_INFINITY) };
}
