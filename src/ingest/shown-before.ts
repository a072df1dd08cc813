import type { BookRow } from "../spool/spool-state.ts";

/** A source's UTC day, and how many records of it are known, whoever showed them. */
export interface DayOfSource {
  readonly source: string;
  readonly day: number;
  readonly known: number;
}

/**
 * How many of the known records of a day this source has shown itself, at least. What is known belongs to the
 * instance: where other sources have shown the day too, only what this one was the first to show is sure to
 * be of it.
 */
export function shownBefore(
  books: readonly Pick<BookRow, "source" | "day" | "fetched" | "new">[],
  { source, day, known }: DayOfSource,
): number {
  const shown = books.filter((row) => row.day === day && row.fetched > 0);
  if (shown.every((row) => row.source === source)) return known;
  return Math.min(known, shown.find((row) => row.source === source)?.new ?? 0);
}
