import type { SQLInputValue } from "node:sqlite";
import { SpoolError } from "../spool-error.ts";
import type { Database } from "./database.ts";
import { type Column, seal } from "./seal.ts";

/** A table whose rows carry a seal: what was changed on disk is never taken for what was written. */
export interface SealedTable<Row> {
  readonly name: string;
  /** Inserts a row, or replaces the one with the same key. */
  put(row: Row): void;
  /** Rows with a sound seal; any other throws SpoolError `corrupt`. `rest` is what follows FROM. */
  rows(rest?: string, ...values: SQLInputValue[]): Row[];
  /** The same, one at a time: for what may not fit in memory. */
  each(rest?: string, ...values: SQLInputValue[]): Generator<Row, void>;
  /** Rows, and whether each still is what was written. */
  checked(rest: string, ...values: SQLInputValue[]): CheckedRow<Row>[];
  /** The same, one at a time: for what may not fit in memory. */
  checkedEach(rest: string, ...values: SQLInputValue[]): Generator<CheckedRow<Row>, void>;
}

/** A row, and whether its seal fits: whether it is what was written. */
export interface CheckedRow<Row> {
  readonly row: Row;
  readonly sound: boolean;
}

/**
 * `columns` are the row's keys in the order of the seal; `firstSeq` is the column `first_seq`. The last of
 * them, `later` many, came with a later version: where they are null the seal is that of a row without them.
 */
export function sealedTable<Row extends { [Key in keyof Row]: Column }>(
  db: Database,
  name: string,
  columns: readonly (keyof Row & string)[],
  later = 0,
): SealedTable<Row> {
  const quoted = columns.map(
    (column) => `"${column.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`,
  );
  const marks = [...columns, "sum"].map(() => "?").join(", ");
  const put = `INSERT OR REPLACE INTO ${name} (${quoted.join(", ")}, sum) VALUES (${marks})`;
  const select = `SELECT ${quoted.map((column, i) => `${column} AS "${columns[i]}"`).join(", ")}, sum FROM ${name} `;
  const valuesOf = (row: Row): Column[] => columns.map((column) => row[column]);

  const earlier = columns.length - later;

  function sealOf(values: readonly Column[]): Buffer {
    const isEarlier = later > 0 && values.slice(earlier).every((value) => value === null);
    return seal(name, isEarlier ? values.slice(0, earlier) : values);
  }

  type Stored = Row & { sum: Uint8Array };

  function checkedRow({ sum, ...row }: Stored): CheckedRow<Row> {
    const found = row as unknown as Row;
    // A flipped bit can also change a column's type.
    const sound = sum instanceof Uint8Array && sealOf(valuesOf(found)).equals(sum);
    return { row: found, sound };
  }

  function checked(rest: string, ...values: SQLInputValue[]): CheckedRow<Row>[] {
    return db.all<Stored>(select + rest, ...values).map(checkedRow);
  }

  return {
    name,
    put(row) {
      const values = valuesOf(row);
      db.run(put, ...values, sealOf(values));
    },
    rows: (rest = "", ...values) => checked(rest, ...values).map((found) => soundRow(name, found)),
    *each(rest = "", ...values) {
      for (const stored of db.each<Stored>(select + rest, ...values))
        yield soundRow(name, checkedRow(stored));
    },
    checked,
    *checkedEach(rest, ...values) {
      for (const stored of db.each<Stored>(select + rest, ...values)) yield checkedRow(stored);
    },
  };
}

function soundRow<Row>(table: string, { row, sound }: CheckedRow<Row>): Row {
  if (sound) return row;
  throw new SpoolError(
    "corrupt",
    `a row of the table ${table} was changed on disk`,
    "start again: what can be read is saved into a new database",
  );
}
