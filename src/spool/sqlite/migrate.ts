import type { Random } from "../../random.ts";
import { migrations } from "../migrations/all.ts";
import { SpoolError } from "../spool-error.ts";
import type { Database } from "./database.ts";
import { tablesOf } from "./tables.ts";

/**
 * Brings the schema to this program's version, one transaction per step. A newer one is left untouched.
 * False: it was of this version.
 */
export function migrate(db: Database): boolean {
  const before = schemaVersion(db);
  for (let version = before; version < migrations.length; version++)
    db.transaction(() => {
      db.exec(migrations[version] as string);
      db.exec(`PRAGMA user_version = ${version + 1}`);
    });
  return before < migrations.length;
}

/** Throws before anything is written. `version`: of the schema of the database at `path`. */
export function refuseNewer(version: number, path: string): void {
  if (version > migrations.length)
    throw new SpoolError(
      "newer_schema",
      `${path} was written by a newer version of this program (schema ${version}, this one knows ${migrations.length})`,
      "run that version again, or give this one its own state_dir",
    );
}

/** Throws SpoolError `corrupt`. Reads all of it. */
export function refuseDamaged(db: Database): void {
  const [first] = db.all<{ quick_check: string }>("PRAGMA quick_check(1)");
  if (first?.quick_check !== "ok")
    throw new SpoolError("corrupt", `the spool's database is damaged: ${first?.quick_check}`, "start again");
}

/** How many migrations a database has been through; 0 for an empty one. */
export function schemaVersion(db: Database): number {
  return db.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}

/** The first thing in a new database. Gives back the id of the state. */
export function startState(db: Database, now: number, random: Random): string {
  const stateId = newStateId(random);
  tablesOf(db).meta.put({ id: 1, stateId, created: now, oldest: 1, head: 0 });
  return stateId;
}

/** 32 hexadecimal digits. */
export function newStateId(random: Random): string {
  return random.bytes(16).toString("hex");
}
