import type { Moved } from "../spool.ts";
import type { Database } from "./database.ts";
import type { DestinationRow, Tables } from "./tables.ts";

/** Where each output delivers to, as far as a person has agreed. Writes join the caller's transaction. */
export interface Destinations {
  load(): void;
  of(output: string): readonly string[] | undefined;
  /** The configuration names another place: nothing goes there before a person has said what that means. */
  moved(output: string): Moved | undefined;
  agree(output: string, members: readonly string[]): void;
  ask(output: string, wanted: readonly string[]): void;
  forget(output: string): void;
}

/** The destinations kept in `tables`; empty until `load`. */
export function destinations(db: Database, tables: Tables): Destinations {
  const rows = new Map<string, DestinationRow>();

  function put(row: DestinationRow): void {
    tables.destination.put(row);
    rows.set(row.output, row);
  }

  const membersOf = (text: string): readonly string[] => JSON.parse(text);

  return {
    load() {
      rows.clear();
      for (const row of tables.destination.rows()) rows.set(row.output, row);
    },
    of(output) {
      const row = rows.get(output);
      return row === undefined ? undefined : membersOf(row.members);
    },
    moved(output) {
      const row = rows.get(output);
      if (row === undefined || row.wanted === null) return undefined;
      return { from: membersOf(row.members), to: membersOf(row.wanted) };
    },
    agree: (output, members) => put({ output, members: JSON.stringify(members), wanted: null }),
    ask(output, wanted) {
      const row = rows.get(output);
      if (row !== undefined) put({ ...row, wanted: JSON.stringify(wanted) });
    },
    forget(output) {
      rows.delete(output);
      db.run("DELETE FROM destination WHERE output = ?", output);
    },
  };
}

/** Two lists that share a member are the same place. */
export function samePlace(one: readonly string[], other: readonly string[]): boolean {
  return one.some((member) => other.includes(member));
}
