import { isDamage } from "../failure.ts";
import type { SealedTable } from "../sealed-table.ts";

/** So often is what lies between two unreadable places halved, in search of readable rows. */
const halvings = 12;

/** Rows of a table that may be damaged. */
export interface RowsInReach<Row> {
  readonly rows: Generator<Row, void>;
  /**
   * How many rows were there but not sound, once `rows` is through; at least 1 when a part cannot be read.
   */
  left(): number;
}

/**
 * The sound rows of a table that may be damaged: from its first row up to where it cannot be read, and from
 * its last row down to there. A row may come twice.
 */
export function rowsInReach<Row>(table: SealedTable<Row>, key: string): RowsInReach<Row> {
  const walk = walker(table);
  function* rows(): Generator<Row, void> {
    const whole = yield* walk.rows(`ORDER BY ${key}`);
    if (!whole) yield* walk.rows(`ORDER BY ${key.replaceAll(",", " DESC,")} DESC`);
  }
  return { rows: rows(), left: walk.left };
}

/**
 * The same for a table with a number from 0 to `highest` as its key, and also between several unreadable
 * places.
 */
export function numberedRowsInReach<Row>(
  table: SealedTable<Row>,
  key: string,
  numberOf: (row: Row) => number,
  highest: number,
): RowsInReach<Row> {
  const walk = walker(table);

  function* between(low: number, high: number, depth: number): Generator<Row, void> {
    let up = low;
    const range = `WHERE ${key} > ? AND ${key} < ? ORDER BY ${key}`;
    for (const rows = walk.rows(range, low, high); ; ) {
      const step = rows.next();
      if (step.done === true) {
        if (step.value) return;
        break;
      }
      up = Math.max(up, numberOf(step.value));
      yield step.value;
    }
    let down = high;
    for (const rows = walk.rows(`${range} DESC`, up, high); ; ) {
      const step = rows.next();
      if (step.done === true) break;
      down = Math.min(down, numberOf(step.value));
      yield step.value;
    }
    const middle = Math.floor((up + down) / 2);
    if (depth === 0 || middle <= up) return;
    yield* between(up, middle + 1, depth - 1);
    yield* between(middle, down, depth - 1);
  }

  function* rows(): Generator<Row, void> {
    yield* between(-1, highest + 1, halvings);
  }
  return { rows: rows(), left: walk.left };
}

function walker<Row>(table: SealedTable<Row>) {
  let left = 0;
  return {
    left: () => left,
    /** Returns whether the end was reached. */
    *rows(rest: string, ...values: number[]): Generator<Row, boolean> {
      try {
        for (const { row, sound } of table.checkedEach(rest, ...values)) {
          if (sound) yield row;
          else left++;
        }
        return true;
      } catch (error) {
        if (!isDamage(error)) throw error;
        left++;
        return false;
      }
    },
  };
}
