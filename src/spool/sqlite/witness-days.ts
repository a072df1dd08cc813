import type { WitnessedDay } from "../witnessed.ts";
import type { Database } from "./database.ts";
import type { SealedTable } from "./sealed-table.ts";

/** What a witness found out about a UTC day: `open` is 0 or 1, `examples` JSON, times epoch milliseconds. */
export interface WitnessDayRow {
  source: string;
  day: number;
  open: number;
  compared: number | null;
  shown: number;
  known: number;
  kept: number;
  missing: number;
  extra: number;
  since: number | null;
  trouble: string | null;
  examples: string;
}

/** In the order of its seal. */
export const witnessDayColumns: readonly (keyof WitnessDayRow)[] = [
  ...(["source", "day", "open", "compared", "shown", "known", "kept"] as const),
  ...(["missing", "extra", "since", "trouble", "examples"] as const),
];

/**
 * What witnesses found out, by source and UTC day. Kept in memory as it is on disk; writes join the caller's
 * transaction.
 */
export interface WitnessDays {
  load(): void;
  /** Oldest day first. */
  of(source: string): readonly WitnessedDay[];
  day(source: string, day: number): WitnessedDay | undefined;
  /** A witness was shown something of these days, which is kept nowhere else. */
  shown(source: string, days: Iterable<number>): void;
  keep(source: string, day: WitnessedDay): void;
  /** As if it had never been a witness. */
  forget(source: string): void;
  /** Forgets what is older than a UTC day. */
  prune(before: number): void;
}

/** Those kept in the table `witness_day`; empty until `load`. */
export function witnessDays(db: Database, table: SealedTable<WitnessDayRow>): WitnessDays {
  return new KeptWitnessDays(db, table);
}

const unseen = { trouble: undefined, shown: 0, known: 0, kept: 0, missing: 0, extra: 0, examples: [] };

class KeptWitnessDays implements WitnessDays {
  readonly #db: Database;
  readonly #table: SealedTable<WitnessDayRow>;
  readonly #days = new Map<string, Map<number, WitnessedDay>>();

  constructor(db: Database, table: SealedTable<WitnessDayRow>) {
    this.#db = db;
    this.#table = table;
  }

  load(): void {
    this.#days.clear();
    for (const row of this.#table.rows()) this.#daysOf(row.source).set(row.day, dayOf(row));
  }

  of(source: string): readonly WitnessedDay[] {
    return [...(this.#days.get(source)?.values() ?? [])].sort((a, b) => a.day - b.day);
  }

  day(source: string, day: number): WitnessedDay | undefined {
    return this.#days.get(source)?.get(day);
  }

  shown(source: string, days: Iterable<number>): void {
    for (const day of days) {
      const { trouble, ...before } = this.day(source, day) ?? { day, ...unseen, open: false };
      // What has no date, or one that cannot be, is of no day that can be compared.
      if (day >= 0 && (!before.open || trouble !== undefined)) this.keep(source, { ...before, open: true });
    }
  }

  keep(source: string, day: WitnessedDay): void {
    this.#table.put(rowOf(source, day));
    this.#daysOf(source).set(day.day, day);
  }

  forget(source: string): void {
    this.#db.run("DELETE FROM witness_day WHERE source = ?", source);
    this.#days.delete(source);
  }

  prune(before: number): void {
    for (const days of this.#days.values())
      for (const day of [...days.keys()]) if (day < before) days.delete(day);
    this.#db.run("DELETE FROM witness_day WHERE day < ?", before);
  }

  #daysOf(source: string): Map<number, WitnessedDay> {
    const found = this.#days.get(source) ?? new Map<number, WitnessedDay>();
    this.#days.set(source, found);
    return found;
  }
}

function dayOf({ source: _, open, compared, since, trouble, examples, ...row }: WitnessDayRow): WitnessedDay {
  return {
    ...row,
    open: open === 1,
    examples: JSON.parse(examples),
    ...(compared !== null && { compared }),
    ...(since !== null && { since }),
    ...(trouble !== null && { trouble }),
  };
}

function rowOf(source: string, { open, examples, ...day }: WitnessedDay): WitnessDayRow {
  const { compared = null, since = null, trouble = null } = day;
  return {
    ...{ ...day, source, compared, since, trouble },
    open: open ? 1 : 0,
    examples: JSON.stringify(examples),
  };
}
