import type { SettledCounts } from "../spool.ts";
import type { OutputRow, Tables } from "./tables.ts";

/** Where each output got to. Kept in memory as it is on disk. */
export interface Positions {
  load(): void;
  of(output: string): OutputRow;
  has(output: string): boolean;
  /** By name. */
  all(): OutputRow[];
  /** Those in the configuration: only they hold back pruning. */
  active(): OutputRow[];
  put(row: OutputRow): void;
  /** Moves a position to `through`, counting what lies between. */
  move(output: string, through: number, counts: readonly SettledCounts[]): void;
  /** A dead letter is none any more. */
  revived(output: string): void;
}

/** The positions kept in `tables`; empty until `load`. */
export function positions(tables: Tables): Positions {
  const rows = new Map<string, OutputRow>();

  function of(output: string): OutputRow {
    const row = rows.get(output);
    if (row === undefined) throw new Error(`the spool knows no output "${output}"`);
    return row;
  }

  function put(row: OutputRow): void {
    tables.output.put(row);
    rows.set(row.name, row);
  }

  return {
    load() {
      rows.clear();
      for (const row of tables.output.rows()) rows.set(row.name, row);
    },
    of,
    has: (output) => rows.has(output),
    all: () => [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    active: () => [...rows.values()].filter(({ abandoned }) => abandoned === 0),
    put,
    revived(output) {
      const before = of(output);
      put({ ...before, dead: Math.max(0, before.dead - 1) });
    },
    move(output, through, counts) {
      const before = of(output);
      const sum = (key: "delivered" | "filtered" | "dead") =>
        counts.reduce((total, row) => total + row[key], before[key]);
      put({
        ...before,
        position: through,
        delivered: sum("delivered"),
        filtered: sum("filtered"),
        dead: sum("dead"),
      });
    },
  };
}
