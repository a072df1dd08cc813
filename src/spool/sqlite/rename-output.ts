import type { SealedTable } from "./sealed-table.ts";
import { loadState, type State } from "./state.ts";

/** Gives outputs other names, all at once, so that two may swap theirs. In the caller's transaction. */
export function renameOutputs(state: State, names: ReadonlyMap<string, string>): void {
  if (names.size === 0) return;
  const { db, tables } = state;
  const named: readonly (readonly [table: SealedTable<never>, column: string, key: string])[] = [
    [tables.output as never, "name", "name"],
    [tables.outputBook as never, "output", "output"],
    [tables.sideBook as never, "output", "output"],
    [tables.leftBehind as never, "output", "output"],
    [tables.deadLetter as never, "output", "output"],
    [tables.side as never, "output", "output"],
    [tables.stretch as never, "output", "output"],
    [tables.mark as never, "output", "output"],
    [tables.replay as never, "output", "output"],
    [tables.milestone as never, "output", "output"],
    [tables.destination as never, "output", "output"],
    [tables.planned as never, "output", "output"],
    [tables.storedFile as never, "output", "output"],
    [tables.attestedDay as never, "output", "output"],
    [tables.manifest as never, "output", "output"],
    [tables.hold as never, "output", "output"],
    [tables.told as never, "output", "output"],
  ];
  // Seals cover the name, and two outputs may swap theirs: all rows are taken out before any is put back.
  for (const [table, column, key] of named) {
    const moved: object[] = [];
    for (const [from, to] of names) {
      for (const row of table.rows(`WHERE ${column} = ?`, from) as object[])
        moved.push({ ...row, [key]: to });
      db.run(`DELETE FROM ${table.name} WHERE ${column} = ?`, from);
    }
    for (const row of moved) table.put(row as never);
  }
  loadState(state);
}
