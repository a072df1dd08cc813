import type { NewRecord } from "../../record/record.ts";
import type { SettledCounts } from "../spool.ts";
import { SpoolError } from "../spool-error.ts";
import type { BookRow } from "../spool-state.ts";
import type { FetchCounts } from "../store.ts";
import { type DayCount, type DayCounts, dayKey } from "./day-count.ts";
import type { DayBook, OutputBook, Tables } from "./tables.ts";

type Counted = Exclude<keyof DayBook, "source" | "day">;
type Fresh = Pick<DayBook, "new" | "late" | "unparseable">;

/**
 * The books per source, UTC day and output. Kept in memory as they are on disk; every change is written in
 * the caller's transaction.
 */
export class Books {
  readonly #tables: Tables;
  readonly #days = new Map<string, DayBook>();
  readonly #outputs = new Map<string, Map<string, OutputBook>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  load(): void {
    this.#days.clear();
    this.#outputs.clear();
    for (const row of this.#tables.book.rows()) this.#days.set(dayKey(row.source, row.day), row);
    for (const row of this.#tables.outputBook.rows()) this.#remember(row);
  }

  /** What a read showed; `records` are the new ones among it. Throws when the two do not agree. */
  fetched(source: string, counts: readonly FetchCounts[], records: readonly NewRecord[]): void {
    const fresh = freshByDay(records);
    for (const { day, fetched, known } of counts) {
      const added = fresh.get(day) ?? { new: 0, late: 0, unparseable: 0 };
      fresh.delete(day);
      if (fetched - known !== added.new || known < 0)
        throw new Error(
          `the counts of day ${day} do not fit its records: ${fetched} - ${known} is not ${added.new}`,
        );
      this.#add({ source, day, fetched, known, ...added });
    }
    if (fresh.size > 0) throw new Error(`records of days without counts: ${[...fresh.keys()].join(", ")}`);
  }

  settled(output: string, counts: readonly SettledCounts[]): void {
    for (const { source, day, delivered, filtered, dead } of counts) {
      const before = this.#outputBook(output, source, day);
      this.#keep({
        ...before,
        delivered: before.delivered + delivered,
        filtered: before.filtered + filtered,
        dead: before.dead + dead,
      });
    }
  }

  /** Moves records from pending to `column`, or back when the count is negative. */
  give(output: string, column: "skipped" | "lost", counts: Iterable<DayCount>): void {
    for (const { source, day, count } of counts) {
      const before = this.#outputBook(output, source, day);
      this.#keep({ ...before, [column]: before[column] + count });
    }
  }

  /** Counts records as fetched whose page in the books was lost. */
  admit(source: string, day: number, count: number): void {
    this.#add({ source, day, fetched: count, known: 0, new: count, late: 0, unparseable: 0 });
  }

  /**
   * Where the books and the records disagree about one output: per source and UTC day, how many more records
   * the books call pending than `beyond` says are kept behind its position. Negative when there are more.
   * Empty when they agree.
   */
  missing(output: string, beyond: DayCounts): DayCount[] {
    const found: DayCount[] = [];
    for (const [key, day] of this.#days) {
      const { source } = day;
      const own = this.#outputBook(output, source, day.day);
      const count = pending(day, own) - (beyond.get(key)?.count ?? 0);
      if (count !== 0) found.push({ source, day: day.day, count });
    }
    for (const [key, { source, day, count }] of beyond)
      if (!this.#days.has(key)) found.push({ source, day, count: -count });
    return found;
  }

  /** No day's pending is negative. */
  sound(output: string, days: Iterable<{ readonly source: string; readonly day: number }>): boolean {
    return [...days].every(({ source, day }) => {
      const book = this.#days.get(dayKey(source, day));
      const own = this.#outputBook(output, source, day);
      return book !== undefined && pending(book, own) >= 0 && own.lost >= 0;
    });
  }

  /** fetched - known = new on every day. */
  balanced(): boolean {
    return [...this.#days.values()].every((day) => day.fetched - day.known === day.new);
  }

  /** Outputs that something was counted for. */
  counted(): Iterable<string> {
    return this.#outputs.keys();
  }

  rows(outputs: readonly string[]): BookRow[] {
    const sorted = [...this.#days.values()].sort((a, b) =>
      a.source < b.source ? -1 : a.source > b.source ? 1 : a.day - b.day,
    );
    return outputs.flatMap((output) =>
      sorted.map((day) => {
        const own = this.#outputBook(output, day.source, day.day);
        return { ...day, ...own, pending: pending(day, own) };
      }),
    );
  }

  #add(more: DayBook): void {
    const { source, day } = more;
    const before = this.#days.get(dayKey(source, day));
    const sum = (key: Counted) => (before?.[key] ?? 0) + more[key];
    const after = {
      source,
      day,
      fetched: sum("fetched"),
      known: sum("known"),
      new: sum("new"),
      late: sum("late"),
      unparseable: sum("unparseable"),
    };
    this.#tables.book.put(after);
    this.#days.set(dayKey(source, day), after);
  }

  #outputBook(output: string, source: string, day: number): OutputBook {
    const found = this.#outputs.get(output)?.get(dayKey(source, day));
    return found ?? { output, source, day, delivered: 0, filtered: 0, dead: 0, skipped: 0, lost: 0 };
  }

  #keep(row: OutputBook): void {
    this.#tables.outputBook.put(row);
    this.#remember(row);
  }

  #remember(row: OutputBook): void {
    let own = this.#outputs.get(row.output);
    if (own === undefined) {
      own = new Map();
      this.#outputs.set(row.output, own);
    }
    own.set(dayKey(row.source, row.day), row);
  }
}

function pending(day: DayBook, { delivered, filtered, dead, skipped, lost }: OutputBook): number {
  return day.new - delivered - filtered - dead - skipped - lost;
}

function freshByDay(records: readonly NewRecord[]): Map<number, Fresh> {
  const fresh = new Map<number, Fresh>();
  for (const { day, late, fault } of records) {
    let found = fresh.get(day);
    if (found === undefined) {
      found = { new: 0, late: 0, unparseable: 0 };
      fresh.set(day, found);
    }
    found.new++;
    if (late) found.late++;
    if (fault !== undefined) found.unparseable++;
  }
  return fresh;
}

/** The error for books and records that do not agree. */
export function booksDamaged(what: string): SpoolError {
  return new SpoolError(
    "corrupt",
    `the spool's books and its records do not agree: ${what}`,
    "start again: what can be read is saved into a new database",
  );
}
