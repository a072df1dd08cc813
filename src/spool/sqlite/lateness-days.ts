import { utcDayOfMs } from "../../time/clock.ts";
import { addLateness, type LatenessCounts, type LatenessOfDay, latenessBounds } from "../lateness.ts";
import type { Database } from "./database.ts";
import type { SealedTable } from "./sealed-table.ts";

/** So many UTC days are kept of a source: the newest on which records came. */
const mostDays = 30;

/** How late the records came that became known on a UTC day: `counts` as JSON, `latest` in seconds. */
export interface LatenessRow {
  source: string;
  day: number;
  counts: string;
  latest: number;
}

/** In the order of its seal. */
export const latenessColumns: readonly (keyof LatenessRow)[] = ["source", "day", "counts", "latest"];

/**
 * How late records came, by source and UTC day. Kept in memory as it is on disk; writes join the caller's
 * transaction.
 */
export interface LatenessDays {
  load(): void;
  /** Records became known at epoch milliseconds. */
  add(source: string, lateness: LatenessCounts, at: number): void;
  /** Oldest first. */
  of(source: string): readonly LatenessOfDay[];
  /** As if it had never been read. */
  forget(source: string): void;
}

/** Those kept in the table `lateness`; empty until `load`. */
export function latenessDays(db: Database, table: SealedTable<LatenessRow>): LatenessDays {
  return new KeptLateness(db, table);
}

class KeptLateness implements LatenessDays {
  readonly #db: Database;
  readonly #table: SealedTable<LatenessRow>;
  readonly #days = new Map<string, LatenessOfDay[]>();

  constructor(db: Database, table: SealedTable<LatenessRow>) {
    this.#db = db;
    this.#table = table;
  }

  load(): void {
    this.#days.clear();
    for (const row of this.#table.rows("ORDER BY source, day")) {
      const found = latenessOfRow(row);
      if (found !== undefined) this.#listOf(row.source).push(found);
    }
  }

  add(source: string, lateness: LatenessCounts, at: number): void {
    const day = utcDayOfMs(at);
    const list = this.#listOf(source);
    const before = list.find((each) => each.day === day);
    const { counts, latest } = addLateness(
      before === undefined ? undefined : { ...before, sum: 0 },
      lateness,
    );
    this.#table.put({ source, day, counts: JSON.stringify(counts), latest });
    const kept = [...list.filter((each) => each !== before), { day, counts, latest }];
    kept.sort((a, b) => a.day - b.day);
    for (const { day: old } of kept.splice(0, Math.max(0, kept.length - mostDays)))
      this.#db.run("DELETE FROM lateness WHERE source = ? AND day = ?", source, old);
    this.#days.set(source, kept);
  }

  of(source: string): readonly LatenessOfDay[] {
    return this.#days.get(source) ?? [];
  }

  forget(source: string): void {
    this.#db.run("DELETE FROM lateness WHERE source = ?", source);
    this.#days.delete(source);
  }

  #listOf(source: string): LatenessOfDay[] {
    const found = this.#days.get(source) ?? [];
    this.#days.set(source, found);
    return found;
  }
}

/** Undefined where it was counted by other bounds. */
export function latenessOfRow({ day, counts, latest }: LatenessRow): LatenessOfDay | undefined {
  const numbers: unknown = JSON.parse(counts);
  if (!Array.isArray(numbers) || numbers.length !== latenessBounds.length + 1) return undefined;
  return { day, counts: numbers, latest };
}
