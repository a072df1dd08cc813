import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { builtin } from "../../builtin.ts";
import type { LatenessOfDay } from "../lateness.ts";
import { migrations } from "../migrations/all.ts";
import { stateFiles } from "../state-directory.ts";
import { type LatenessRow, latenessOfRow } from "./lateness-days.ts";

const { statSync } = builtin("node:fs");

/**
 * How late records of a source came, by the state that no process has open; of that nothing is changed, not
 * even what a start would mend or bring to its version. Undefined where that cannot be had: the file is not
 * read as long as a write-ahead log stands beside it. Throws what SQLite throws over a damaged one.
 */
export function latenessAtRest(stateDir: string, source: string): readonly LatenessOfDay[] | undefined {
  const { database, wal } = stateFiles(stateDir);
  if ((statSync(wal, { throwIfNoEntry: false })?.size ?? 0) > 0) return undefined;
  const place = pathToFileURL(database);
  // Without it SQLite would make the files that several processes share a database by.
  place.searchParams.set("immutable", "1");
  const db = new DatabaseSync(place, { readOnly: true });
  try {
    const version = db.prepare("PRAGMA user_version").get()?.user_version;
    if (version !== migrations.length) return undefined;
    const rows = db.prepare("SELECT * FROM lateness WHERE source = ? ORDER BY day").all(source);
    return (rows as unknown as LatenessRow[]).flatMap((row) => latenessOfRow(row) ?? []);
  } finally {
    db.close();
  }
}
