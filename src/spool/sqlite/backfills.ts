import type { Backfill, BackfillPlan, BackfillProgress, BackfillSpan, Forgotten } from "../backfill.ts";
import { backfillOfRow, rowOfBackfill } from "./backfill-row.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/**
 * The days that are to be read once more, one span of them for each source. Kept in memory as they are on
 * disk; writes join the caller's transaction.
 */
export interface Backfills {
  load(): void;
  of(source: string): BackfillProgress | undefined;
  /** Sources of which days are still to be read. */
  running(): readonly string[];
  /** As people see it. */
  shown(source: string): Backfill | undefined;
  /**
   * Begins a backfill, at epoch milliseconds. Gives back what is under way then: another one that is not done
   * stays, and the same one goes on as fast as it is wanted now.
   */
  plan(plan: BackfillPlan, at: number): Backfill;
  /** False: none is under way. */
  cancel(source: string, at: number): boolean;
  /** It got on. One that was cancelled or begun anew meanwhile stays as it is. */
  keep(progress: BackfillProgress): void;
  /** Whether a ledger day of an instance may still be read by one of them. */
  needs(instance: string, day: number): boolean;
  /** What the ledger does not know any more of the records that were kept of these days. */
  forgotten(span: BackfillSpan): Forgotten;
}

/** Those kept in `tables`; empty until `load`. */
export function backfills(db: Database, tables: Tables): Backfills {
  return new KeptBackfills(db, tables);
}

/** The sources of the instance that this source reads; it alone where nobody knows whose log that is. */
const sourcesAlike = `(SELECT b.source FROM origin a JOIN origin b ON b.instance = a.instance WHERE a.source = ?
  UNION SELECT ?)`;

class KeptBackfills implements Backfills {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #all = new Map<string, BackfillProgress>();

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  load(): void {
    this.#all.clear();
    for (const row of this.#tables.backfill.rows()) this.#all.set(row.source, backfillOfRow(row));
  }

  of(source: string): BackfillProgress | undefined {
    return this.#all.get(source);
  }

  running(): string[] {
    return [...this.#all.values()].filter(({ state }) => state === "running").map(({ source }) => source);
  }

  shown(source: string): Backfill | undefined {
    const progress = this.#all.get(source);
    if (progress === undefined) return undefined;
    const { place: _, seen: __, failures: ___, ...shown } = progress;
    return shown;
  }

  plan(plan: BackfillPlan, at: number): Backfill {
    const { source, first, end, perSecond } = plan;
    const before = this.#all.get(source);
    if (before?.state !== "running")
      this.#put({
        ...{ source, first, end, perSecond, next: first, state: "running", began: at, changed: at },
        ...{ fetched: 0, fresh: 0, gaps: 0, seen: 0, failures: 0 },
      });
    else if (before.first === first && before.end === end) this.#put({ ...before, perSecond });
    return this.shown(source) as Backfill;
  }

  cancel(source: string, at: number): boolean {
    const progress = this.#all.get(source);
    if (progress?.state !== "running") return false;
    this.#put({ ...progress, state: "cancelled", changed: at });
    return true;
  }

  keep(progress: BackfillProgress): void {
    const { source, began } = progress;
    const kept = this.#all.get(source);
    if (kept?.state !== "running" || kept.began !== began) return;
    this.#put({ ...progress, perSecond: kept.perSecond });
  }

  needs(instance: string, day: number): boolean {
    return [...this.#all.values()].some(
      ({ source, state, next, end }) =>
        state === "running" && day >= next && day < end && this.#reads(source, instance),
    );
  }

  forgotten({ source, first, end }: BackfillSpan): Forgotten {
    const row = this.#db.get<{ days: number; records: number | null }>(
      `SELECT count(*) AS days, sum(kept - known) AS records FROM (
         SELECT day, sum("new") AS kept,
           (SELECT coalesce(sum(count), 0) FROM known
              WHERE known.day = book.day AND instance IN (SELECT instance FROM origin WHERE source = ?))
           + (SELECT coalesce(sum(count), 0) FROM ledger
              WHERE ledger.day = book.day AND ledger.source IN ${sourcesAlike}) AS known
         FROM book WHERE day >= ? AND day < ? AND source IN ${sourcesAlike} GROUP BY day)
       WHERE kept > known`,
      ...[source, source, source, first, end, source, source],
    );
    return { days: row?.days ?? 0, records: row?.records ?? 0 };
  }

  #reads(source: string, instance: string): boolean {
    const row = this.#db.get("SELECT 1 FROM origin WHERE source = ? AND instance <> ?", source, instance);
    return row === undefined;
  }

  #put(progress: BackfillProgress): void {
    this.#tables.backfill.put(rowOfBackfill(progress));
    this.#all.set(progress.source, progress);
  }
}
