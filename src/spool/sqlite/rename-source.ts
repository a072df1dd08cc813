import { ownSource } from "../../own/own-origin.ts";
import type { SealedTable } from "./sealed-table.ts";
import { loadState, type State } from "./state.ts";

/**
 * Earlier versions let a source have the name under which this program tells of itself. What such a one left
 * goes on under another name, so that its records are never taken for ours. In the caller's transaction.
 */
export function freeOwnName(state: State, at: number): void {
  // Our own records have no such rows: they are read from nowhere.
  if (!state.origins.has(ownSource) && !state.sources.has(ownSource)) return;
  renameSource(state, ownSource, `${ownSource} until ${new Date(at).toISOString().slice(0, 10)}`);
}

function renameSource(state: State, from: string, to: string): void {
  const { db, tables } = state;
  const named: readonly (readonly [table: SealedTable<never>, column: string, key: string, row: string])[] = [
    [tables.chunk as never, "source", "source", "first_seq"],
    [tables.ledger as never, "source", "source", "day, first_seq"],
    [tables.source as never, "name", "name", "name"],
    [tables.gap as never, "source", "source", "day"],
    [tables.book as never, "source", "source", "day"],
    [tables.outputBook as never, "source", "source", "output, day"],
    [tables.sideBook as never, "source", "source", "output, day"],
    [tables.deadLetter as never, "source", "source", "output, seq"],
    [tables.side as never, "source", "source", "output, id"],
    [tables.origin as never, "source", "source", "source"],
    [tables.damage as never, "source", "source", "id"],
  ];
  // Seals cover the name: each row is written again, one after the other, as chunks are large.
  for (const [table, column, key, row] of named)
    for (;;) {
      const [found] = table.rows(`WHERE ${column} = ? ORDER BY ${row} LIMIT 1`, from) as object[];
      if (found === undefined) break;
      const keyOf = row.split(", ").map((name) => name.replace(/_(\w)/, (_, letter) => letter.toUpperCase()));
      const values = keyOf.map((name) => (found as Record<string, string | number>)[name] as string | number);
      const where = row.split(", ").map((name) => `${name} = ?`);
      db.run(`DELETE FROM ${table.name} WHERE ${column} = ? AND ${where.join(" AND ")}`, from, ...values);
      table.put({ ...found, [key]: to } as never);
    }
  loadState(state);
}
