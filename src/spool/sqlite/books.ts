import type { NewRecord } from "../../record/record.ts";
import { type BookRow, type FetchCounts, type SettledCounts, SpoolError } from "../spool.ts";
import { type DayCount, type DayCounts, dayKey } from "./day-count.ts";
import type { DayBook, OutputBook, Tables } from "./tables.ts";

/** The books per source, UTC day and output. Kept in memory as they are on disk; every change is written in the caller's transaction. */
export interface Books {
  load(): void;
  /** What a read showed; `records` are the new ones among it. */
  fetched(source: string, counts: readonly FetchCounts[], records: readonly NewRecord[]): void;
  settled(output: string, counts: readonly SettledCounts[]): void;
  /** Moves records from pending to `column`, or back when the count is negative. */
  give(output: string, column: "skipped" | "lost", counts: Iterable<DayCount>): void;
  /** Counts records as fetched whose page in the books was lost. */
  admit(source: string, day: number, count: number): void;
  /** What the books call pending and `beyond`, what is really kept beyond the output's position, does not have. Empty: they agree. */
  missing(output: string, beyond: DayCounts): DayCount[];
  /** No day's pending is negative. */
  sound(output: string, days: Iterable<{ readonly source: string; readonly day: number }>): boolean;
  /** fetched - known = new on every day. */
  balanced(): boolean;
  /** Outputs that something was counted for. */
  counted(): Iterable<string>;
  rows(outputs: readonly string[]): BookRow[];
}

export function books(tables: Tables): Books {
  const days = new Map<string, DayBook>();
  const outputs = new Map<string, Map<string, OutputBook>>();

  function add(more: DayBook): void {
    const { source, day } = more;
    const before = days.get(dayKey(source, day));
    const sum = (key: Exclude<keyof DayBook, "source" | "day">) => (before?.[key] ?? 0) + more[key];
    const after = {
      source,
      day,
      fetched: sum("fetched"),
      known: sum("known"),
      new: sum("new"),
      late: sum("late"),
      unparseable: sum("unparseable"),
    };
    tables.book.put(after);
    days.set(dayKey(source, day), after);
  }

  function outputBook(output: string, source: string, day: number): OutputBook {
    return (
      outputs.get(output)?.get(dayKey(source, day)) ?? {
        output,
        source,
        day,
        delivered: 0,
        filtered: 0,
        dead: 0,
        skipped: 0,
        lost: 0,
      }
    );
  }

  function keep(row: OutputBook): void {
    let own = outputs.get(row.output);
    if (own === undefined) {
      own = new Map();
      outputs.set(row.output, own);
    }
    own.set(dayKey(row.source, row.day), row);
  }

  function pending(day: DayBook, { delivered, filtered, dead, skipped, lost }: OutputBook): number {
    return day.new - delivered - filtered - dead - skipped - lost;
  }

  return {
    load() {
      days.clear();
      outputs.clear();
      for (const row of tables.book.rows()) days.set(dayKey(row.source, row.day), row);
      for (const row of tables.outputBook.rows()) keep(row);
    },

    fetched(source, counts, records) {
      const fresh = new Map<number, { new: number; late: number; unparseable: number }>();
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
      for (const { day, fetched, known } of counts) {
        const added = fresh.get(day) ?? { new: 0, late: 0, unparseable: 0 };
        fresh.delete(day);
        if (fetched - known !== added.new || known < 0)
          throw new Error(
            `the counts of day ${day} do not fit its records: ${fetched} - ${known} is not ${added.new}`,
          );
        add({ source, day, fetched, known, ...added });
      }
      if (fresh.size > 0) throw new Error(`records of days without counts: ${[...fresh.keys()].join(", ")}`);
    },

    settled(output, counts) {
      for (const { source, day, delivered, filtered, dead } of counts) {
        const before = outputBook(output, source, day);
        const after = {
          ...before,
          delivered: before.delivered + delivered,
          filtered: before.filtered + filtered,
          dead: before.dead + dead,
        };
        tables.outputBook.put(after);
        keep(after);
      }
    },

    give(output, column, counts) {
      for (const { source, day, count } of counts) {
        const before = outputBook(output, source, day);
        const after = { ...before, [column]: before[column] + count };
        tables.outputBook.put(after);
        keep(after);
      }
    },

    admit: (source, day, count) =>
      add({ source, day, fetched: count, known: 0, new: count, late: 0, unparseable: 0 }),

    missing(output, beyond) {
      const found: DayCount[] = [];
      for (const [key, day] of days) {
        const { source } = day;
        const count = pending(day, outputBook(output, source, day.day)) - (beyond.get(key)?.count ?? 0);
        if (count !== 0) found.push({ source, day: day.day, count });
      }
      for (const [key, { source, day, count }] of beyond)
        if (!days.has(key)) found.push({ source, day, count: -count });
      return found;
    },

    sound: (output, touched) =>
      [...touched].every(({ source, day }) => {
        const book = days.get(dayKey(source, day));
        const own = outputBook(output, source, day);
        return book !== undefined && pending(book, own) >= 0 && own.lost >= 0;
      }),

    balanced: () => [...days.values()].every((day) => day.fetched - day.known === day.new),

    counted: () => outputs.keys(),

    rows(names) {
      const sorted = [...days.values()].sort((a, b) =>
        a.source < b.source ? -1 : a.source > b.source ? 1 : a.day - b.day,
      );
      return names.flatMap((output) =>
        sorted.map((day) => {
          const own = outputBook(output, day.source, day.day);
          return { ...day, ...own, pending: pending(day, own) };
        }),
      );
    },
  };
}

export function booksDamaged(what: string): SpoolError {
  return new SpoolError(
    "corrupt",
    `the spool's books and its records do not agree: ${what}`,
    "start again: what can be read is saved into a new database",
  );
}
