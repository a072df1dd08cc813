import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { builtin } from "../../builtin.ts";
import { migrations } from "../migrations/all.ts";
import { stateFiles } from "../state-directory.ts";
import { refuseNewer } from "./migrate.ts";

const { statSync } = builtin("node:fs");

/**
 * Reads in the state that no process has open; of that nothing is changed, not even what a start would mend
 * or bring to its version. Undefined where that cannot be had: the file is not read as long as a write-ahead
 * log stands beside it. Throws what SQLite throws over a file that is not there or damaged.
 */
export function atRest<Found>(stateDir: string, read: (db: DatabaseSync) => Found): Found | undefined {
  const { database, wal } = stateFiles(stateDir);
  if ((statSync(wal, { throwIfNoEntry: false })?.size ?? 0) > 0) return undefined;
  const place = pathToFileURL(database);
  // Without it SQLite would make the files that several processes share a database by.
  place.searchParams.set("immutable", "1");
  const db = new DatabaseSync(place, { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** How many migrations the state that `atRest` gave has been through; 0 for an empty one. */
export function schemaAtRest(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}

/**
 * Whether a start would take over the state from an earlier version, see `atRest`. Throws SpoolError
 * `newer_schema` where it would refuse it. What is not there, damaged or cannot be read is of none.
 */
export function isOfEarlierVersion(stateDir: string): boolean {
  const version = versionIn(stateDir);
  refuseNewer(version, stateFiles(stateDir).database);
  return version > 0 && version < migrations.length;
}

function versionIn(stateDir: string): number {
  try {
    return atRest(stateDir, schemaAtRest) ?? 0;
  } catch {
    return 0;
  }
}
