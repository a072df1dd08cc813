import type { Database } from "./database.ts";

/** What is known of a ledger day, in one of the tables of the ledger. */
export interface OldDay {
  readonly table: "known" | "known_name" | "ledger";
  /** The table's first column: an instance, or a source. */
  readonly owner: string;
  readonly instance: string;
  readonly day: number;
}

const keys = {
  known: ["instance", "first_seq"],
  known_name: ["instance", "part"],
  ledger: ["source", "first_seq"],
} as const;

/**
 * Days before `before` of which something is known, each found by a look into the key: what there is of the
 * others is not gone through. Without those that have no date; of `ledger` only sources that are known.
 */
export function* daysBefore(db: Database, before: number): Generator<OldDay, void> {
  for (const table of ["known", "known_name", "ledger"] as const) {
    const [owner] = keys[table];
    for (let name = next(db, `SELECT min(${owner}) AS found FROM ${table} WHERE ${owner} > ?`, ""); name; ) {
      const instance = table === "ledger" ? instanceOf(db, String(name)) : String(name);
      for (let day = -1; instance !== undefined; ) {
        const later = `SELECT min(day) AS found FROM ${table} WHERE ${owner} = ? AND day > ?`;
        const found = next(db, later, name, day);
        if (found === undefined || Number(found) >= before) break;
        day = Number(found);
        yield { table, owner: String(name), instance, day };
      }
      name = next(db, `SELECT min(${owner}) AS found FROM ${table} WHERE ${owner} > ?`, name);
    }
  }
}

/** Removes at most so many pieces of the day, and gives back how many. */
export function dropPieces(db: Database, { table, owner, day }: OldDay, most: number): number {
  const [ownerKey, last] = keys[table];
  const pieces = db.all<{ last: number }>(
    `SELECT ${last} AS last FROM ${table} WHERE ${ownerKey} = ? AND day = ? LIMIT ${most}`,
    owner,
    day,
  );
  for (const piece of pieces)
    db.run(`DELETE FROM ${table} WHERE ${ownerKey} = ? AND day = ? AND ${last} = ?`, owner, day, piece.last);
  return pieces.length;
}

/** Whose log a source reads; its own name where nobody knows. Undefined for one that was never read. */
function instanceOf(db: Database, source: string): string | undefined {
  const row = db.get<{ instance: string }>(
    `SELECT coalesce(origin.instance, source.name) AS instance
     FROM source LEFT JOIN origin ON origin.source = source.name WHERE source.name = ?`,
    source,
  );
  return row?.instance;
}

function next(db: Database, sql: string, ...values: (string | number)[]): string | number | undefined {
  return db.get<{ found: string | number | null }>(sql, ...values)?.found ?? undefined;
}
