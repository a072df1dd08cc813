import { createHash } from "node:crypto";

/** What SQLite keeps in a column here. */
export type Column = string | number | null | Uint8Array;

/**
 * 16 bytes of SHA-256 over all columns of a row and the name of its table: a bit that flips on disk, a row
 * that slips into another table, and a column that goes missing show when the row is read. SQLite itself
 * notices a third of such changes.
 */
export function seal(table: string, columns: readonly Column[]): Buffer {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      table,
      ...columns.map((column) =>
        typeof column === "object" && column !== null ? column.byteLength : column,
      ),
    ]),
  );
  for (const column of columns) if (typeof column === "object" && column !== null) hash.update(column);
  return hash.digest().subarray(0, 16);
}
