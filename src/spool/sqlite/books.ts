import type { NewOfDay } from "../chunk/new-records.ts";
import type { SettledCounts } from "../spool.ts";
import { SpoolError } from "../spool-error.ts";
import type { BookRow } from "../spool-state.ts";
import type { FetchCounts } from "../store.ts";
import { type DayCount, type DayCounts, dayKey } from "./day-count.ts";
import type { DayBook, OutputBook, SideBook, Tables } from "./tables.ts";

type Counted = Exclude<keyof DayBook, "source" | "day">;

/**
 * The books per source, UTC day and output. Kept in memory as they are on disk; every change is written in
 * the caller's transaction.
 */
export class Books {
  readonly #tables: Tables;
  readonly #days = new Map<string, DayBook>();
  readonly #outputs = new Map<string, Map<string, OutputBook>>();
  readonly #sides = new Map<string, Map<string, SideBook>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  load(): void {
    this.#days.clear();
    this.#outputs.clear();
    this.#sides.clear();
    for (const row of this.#tables.book.rows()) this.#days.set(dayKey(row.source, row.day), row);
    for (const row of this.#tables.outputBook.rows()) remember(this.#outputs, row);
    for (const row of this.#tables.sideBook.rows()) remember(this.#sides, row);
  }

  /** What a read showed, and the new ones among it by day. Throws when the two do not agree. */
  fetched(source: string, counts: readonly FetchCounts[], newOfDays: ReadonlyMap<number, NewOfDay>): void {
    const fresh = new Map(newOfDays);
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

  /** How many records of a source's UTC day were new. */
  newOf(source: string, day: number): number {
    return this.#days.get(dayKey(source, day))?.new ?? 0;
  }

  settled(output: string, counts: readonly SettledCounts[]): void {
    for (const { source, day, delivered, filtered, dead, resent } of counts) {
      const before = this.#outputBook(output, source, day);
      this.#keep({
        ...before,
        delivered: before.delivered + delivered,
        filtered: before.filtered + filtered,
        dead: before.dead + dead,
      });
      if (resent > 0) this.#giveSide(output, source, day, "resent", resent);
    }
  }

  /** A dead letter is none any more: it is pending again. */
  revived(output: string, source: string, day: number): void {
    const before = this.#outputBook(output, source, day);
    if (before.dead > 0) this.#keep({ ...before, dead: before.dead - 1 });
    // Its page in the books was lost, and what was on it is called lost.
    else if (before.lost > 0) this.#keep({ ...before, lost: before.lost - 1 });
    else throw booksDamaged(`a dead letter of ${output} was never counted`);
  }

  /** What was pending was dropped by a person. */
  dropped(output: string, source: string, day: number): void {
    this.#giveSide(output, source, day, "dropped", 1);
  }

  /** Counted beside the run of one output, over all days. */
  sideTotal(output: string, column: "dropped" | "resent"): number {
    return [...(this.#sides.get(output)?.values() ?? [])].reduce((sum, row) => sum + row[column], 0);
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
      const count = this.#pending(day, output) - (beyond.get(key)?.count ?? 0);
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
      return book !== undefined && this.#pending(book, output) >= 0 && own.lost >= 0;
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
        const side = this.#sideBook(output, day.source, day.day);
        const own = this.#outputBook(output, day.source, day.day);
        const { dropped, resent } = side;
        return { ...day, ...own, dropped, resent, pending: pendingOf(day, own, side) };
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

  #sideBook(output: string, source: string, day: number): SideBook {
    const found = this.#sides.get(output)?.get(dayKey(source, day));
    return found ?? { output, source, day, dropped: 0, resent: 0 };
  }

  #pending(book: DayBook, output: string): number {
    const { source, day } = book;
    return pendingOf(book, this.#outputBook(output, source, day), this.#sideBook(output, source, day));
  }

  #keep(row: OutputBook): void {
    this.#tables.outputBook.put(row);
    remember(this.#outputs, row);
  }

  #giveSide(output: string, source: string, day: number, column: "dropped" | "resent", count: number): void {
    const before = this.#sideBook(output, source, day);
    const row = { ...before, [column]: before[column] + count };
    this.#tables.sideBook.put(row);
    remember(this.#sides, row);
  }
}

function pendingOf(
  { new: fresh }: DayBook,
  { delivered, filtered, dead, skipped, lost }: OutputBook,
  { dropped }: SideBook,
): number {
  return fresh - delivered - filtered - dead - dropped - skipped - lost;
}

function remember<Row extends Pick<OutputBook, "output" | "source" | "day">>(
  books: Map<string, Map<string, Row>>,
  row: Row,
): void {
  let own = books.get(row.output);
  if (own === undefined) {
    own = new Map();
    books.set(row.output, own);
  }
  own.set(dayKey(row.source, row.day), row);
}

/** The error for books and records that do not agree. */
export function booksDamaged(what: string): SpoolError {
  return new SpoolError(
    "corrupt",
    `the spool's books and its records do not agree: ${what}`,
    "start again: what can be read is saved into a new database",
  );
}
