import { daySpans } from "../../own/day-spans.ts";
import type { OutputOfDay, SourceOfDay } from "../../own/own-fact.ts";
import { isOwn } from "../../own/own-origin.ts";
import { dayMs, dayText, utcDayOfMs } from "../../time/clock.ts";
import type { BookRow } from "../spool-state.ts";
import type { State } from "./state.ts";

const nobody = { output: "", source: "" };
/** A day waits so long, milliseconds, for sources that have not been read to its end. */
const patienceMs = 6 * 3_600_000;
/** So many days at most are told after a time in which nothing ran. */
const mostDays = 7;

/** Whether there is something to be told, or to begin with. */
export function summaryIsDue({ own, sources }: State, at: number): boolean {
  const { at: last } = own.told("daily_summary", nobody);
  if (isUnknown(last, at)) return true;
  const today = utcDayOfMs(at) * dayMs;
  return last < today && ((sources.readUntil() ?? 0) >= today || at >= today + patienceMs);
}

/**
 * Tells the UTC days that have ended since this was done last, each once. A day is told when every source of
 * the configuration was read beyond it, six hours after its end at the latest. Joins the caller's
 * transaction.
 */
export function tellEndedDays(state: State, at: number): void {
  if (!summaryIsDue(state, at)) return;
  const { at: last } = state.own.told("daily_summary", nobody);
  if (isUnknown(last, at)) {
    state.own.begin("daily_summary", nobody, at);
    return;
  }
  const today = utcDayOfMs(at);
  for (let day = Math.max(utcDayOfMs(last), today - mostDays); day < today; day++) tellDay(state, day, at);
}

/** Nothing is told of the days before the first start, nor after a clock that was far ahead. */
function isUnknown(last: number, at: number): boolean {
  return last === 0 || last > at + dayMs;
}

function tellDay({ own, books, sources, positions }: State, day: number, at: number): void {
  const names = positions
    .active()
    .map(({ name }) => name)
    .sort();
  const rows = books.rows(names).filter((row) => row.day === day && !isOwn(row));
  const gaps = sources
    .states()
    .flatMap(({ source, gaps: open }) =>
      daySpans(open.map((gap) => gap.day)).map((spans) => ({ source, ...spans })),
    );
  own.tell(
    {
      action: "daily_summary",
      day: dayText(day),
      sources: [...new Set([...sources.configured(), ...rows.map(({ source }) => source)])].map((source) =>
        sourceOfDay(
          source,
          rows.find((row) => row.source === source),
        ),
      ),
      outputs: names.map((name) =>
        outputOfDay(
          name,
          rows.filter((row) => row.output === name),
        ),
      ),
      gaps,
    },
    at,
  );
}

function sourceOfDay(source: string, row: BookRow | undefined): SourceOfDay {
  if (row === undefined) return { source, fetched: 0, known: 0, new: 0, late: 0, unparseable: 0 };
  const { fetched, known, new: fresh, late, unparseable } = row;
  return { source, fetched, known, new: fresh, late, unparseable };
}

function outputOfDay(output: string, rows: readonly BookRow[]): OutputOfDay {
  const sum = (key: keyof Omit<OutputOfDay, "output">) => rows.reduce((total, row) => total + row[key], 0);
  return {
    output,
    delivered: sum("delivered"),
    filtered: sum("filtered"),
    dead: sum("dead"),
    dropped: sum("dropped"),
    skipped: sum("skipped"),
    lost: sum("lost"),
    pending: sum("pending"),
  };
}
