import type { SweepProgress } from "../spool-state.ts";
import type { Database } from "./database.ts";
import type { SealedTable } from "./sealed-table.ts";

/** How far the sweeps of a source are: UTC days. */
export interface SweepRow {
  source: string;
  date: number;
  nextDay: number;
  seen: number;
  failures: number;
  place: string | null;
}

/** In the order of its seal. */
export const sweepColumns: readonly (keyof SweepRow)[] = [
  ...(["source", "date", "nextDay", "seen", "failures", "place"] as const),
];

/** How far the sweeps of each source are. Kept in memory as it is on disk; writes join the transaction. */
export interface KeptSweeps {
  load(): void;
  of(source: string): SweepProgress | undefined;
  keep(progress: SweepProgress): void;
  /** As if it had never been read. */
  forget(source: string): void;
}

/** Those kept in the table `sweep`; empty until `load`. */
export function sweeps(db: Database, sweep: SealedTable<SweepRow>): KeptSweeps {
  const all = new Map<string, SweepProgress>();
  return {
    load() {
      all.clear();
      for (const { nextDay: next, place, ...row } of sweep.rows())
        all.set(row.source, { ...row, next, ...(place !== null && { place }) });
    },
    of: (source) => all.get(source),
    keep(progress) {
      const { next: nextDay, place = null, ...row } = progress;
      sweep.put({ ...row, nextDay, place });
      all.set(progress.source, progress);
    },
    forget(source) {
      db.run("DELETE FROM sweep WHERE source = ?", source);
      all.delete(source);
    },
  };
}
