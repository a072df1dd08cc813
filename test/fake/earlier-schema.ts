import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Column, seal } from "../../src/spool/sqlite/seal.ts";

/**
 * Takes what segments brought, and what came after them, out of a database that has no chunk in one: as the
 * version before them has left it.
 */
export const withoutSegments =
  "DROP TABLE IF EXISTS left_behind; DROP TABLE IF EXISTS replaced_state; DROP INDEX chunk_segment; ALTER TABLE chunk DROP COLUMN segment; ALTER TABLE chunk DROP COLUMN start; " +
  "ALTER TABLE chunk DROP COLUMN size; ALTER TABLE chunk DROP COLUMN crc; ";

const columns = ["first_seq", "count", "source", "observed_seconds", "observed_nanos", "days"];

/** Brings what lies in the first segment of a closed state into the rows of its chunks, and does the same. */
export function bringSegmentIn(db: DatabaseSync, directory: string): void {
  const path = join(directory, "records-000001");
  const segment = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const rows = db.prepare("SELECT * FROM chunk WHERE segment = 1").all() as Record<string, number>[];
  for (const row of rows) {
    const { first_seq: first = 0, start = 0, size = 0 } = row;
    const bytes = segment.subarray(start, start + size);
    const sum = seal("chunk", [...columns.map((column) => row[column] as Column), bytes]);
    db.prepare("UPDATE chunk SET bytes = ?, sum = ? WHERE first_seq = ?").run(bytes, sum, first);
  }
  db.exec(withoutSegments);
  rmSync(path, { force: true });
}
