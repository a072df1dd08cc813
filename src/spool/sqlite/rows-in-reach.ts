import { isDamage } from "./failure.ts";
import type { SealedTable } from "./sealed-table.ts";

/**
 * The sound rows of a table that may be damaged: from its first row up to where it cannot be read, and from its last row
 * down to there. A row may come twice. `left` counts the rest, once `rows` is through.
 */
export function rowsInReach<Row>(
  table: SealedTable<Row>,
  key: string,
): { rows: Generator<Row, void>; left: () => number } {
  let left = 0;

  function* walk(order: string): Generator<Row, boolean> {
    try {
      for (const { row, sound } of table.judgeEach(order)) {
        if (sound) yield row;
        else left++;
      }
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      left++;
      return false;
    }
  }

  function* rows(): Generator<Row, void> {
    const whole = yield* walk(`ORDER BY ${key}`);
    if (!whole) yield* walk(`ORDER BY ${key.replaceAll(",", " DESC,")} DESC`);
  }

  return { rows: rows(), left: () => left };
}
