import type { Cursor } from "../record/reading.ts";
import type { ClosedDay } from "../spool/closed-day.ts";
import type { AskedLookup, LettersOfDay } from "../spool/event-lookup.ts";
import { concernsDays, type ReplacedStatus, replacedStatus } from "../spool/replaced-state.ts";
import type { BookRow } from "../spool/spool-state.ts";
import { dayText, utcDayOfMs } from "../time/clock.ts";
import type { MonthArchive } from "./month-archive.ts";
import { type MonthWitnessed, witnessedOf } from "./month-witnessed.ts";

/** A source as a report has it. */
export interface MonthSource {
  readonly name: string;
  /** Null: it is not in the configuration any more. */
  readonly instance: string | null;
  /** Why its days need not be closed; null where they have to be. */
  readonly beside: string | null;
}

/** What became of records for one output. */
export interface MonthOutcome {
  readonly output: string;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  readonly dropped: number;
  readonly skipped: number;
  readonly lost: number;
  readonly pending: number;
}

/** Of a month, and whether the output is in the configuration. */
export interface MonthTotal extends MonthOutcome {
  readonly configured: boolean;
  /** What waited for it when it was taken out of the configuration, pending or skipped now. */
  readonly left: number;
}

/**
 * How a UTC day of a source stands: `open` it is not over, `settling` more may come of it or came after it
 * was closed, `gap` the source cannot show it, `unread` nothing of it was ever read, `left` its source was
 * taken out of the configuration before it was closed, `beside` it need not be closed.
 */
export type MonthDayState = "open" | "settling" | "closed" | "gap" | "unread" | "left" | "beside";

/** A UTC day of a source. */
export interface MonthDay {
  readonly source: string;
  readonly day: string;
  readonly state: MonthDayState;
  /** Why the source cannot show it. */
  readonly gap: string | null;
  readonly closed: {
    readonly at: string;
    readonly closings: number;
    readonly records: number;
    readonly identities: number;
    readonly digest: string;
  } | null;
  /** Records of it that were kept, first seen by this source. */
  readonly kept: number;
  readonly late: number;
  readonly outputs: readonly MonthOutcome[];
}

/** What a report says. */
export interface MonthFacts {
  /** `2026-08` */
  readonly month: string;
  /** Days of it that have not begun. */
  readonly to_come: number;
  readonly made: string;
  readonly version: string;
  readonly host: string;
  readonly sources: readonly MonthSource[];
  readonly days: readonly MonthDay[];
  readonly witnessed: readonly MonthWitnessed[];
  /** Of all days and sources, by output. */
  readonly totals: readonly MonthTotal[];
  /** The dead letters that there are. */
  readonly dead_letters: readonly Omit<LettersOfDay, "source">[];
  /** When a state that was to know of the month was lost, and a person accepted that. */
  readonly losses: readonly string[];
  /** When the state was found to be an older one, or a copy, and what it knows nothing of is of the month. */
  readonly replaced: readonly ReplacedStatus[];
  readonly archive: MonthArchive | null;
}

/** What a report is made of. */
export interface MonthAsked {
  readonly month: string;
  readonly lookup: Pick<
    AskedLookup,
    "sources" | "closed" | "books" | "letters" | "left" | "losses" | "replaced"
  >;
  /** Those of the configuration. */
  readonly sources: readonly MonthSource[];
  /** Those of the configuration. */
  readonly outputs: readonly string[];
  /** The first UTC day that a source was to show as a whole; undefined where none is known. */
  readonly firstOf: (source: string, cursor: Cursor) => number | undefined;
  /** A source of records that are not W&B's. */
  readonly own: string;
  readonly version: string;
  readonly host: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The UTC days of a month, `2026-08`: the first, and the one after the last; days since 1970-01-01. */
export function daysOfMonth(month: string): { readonly first: number; readonly end: number } {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return { first: utcDayOfMs(Date.UTC(year, number - 1, 1)), end: utcDayOfMs(Date.UTC(year, number, 1)) };
}

/** Gathers what the state knows of a month. Rejects as the lookup does. */
export async function monthFacts(asked: MonthAsked): Promise<Omit<MonthFacts, "archive">> {
  const { month, lookup, version, host, now } = asked;
  const today = utcDayOfMs(now);
  const { first, end } = daysOfMonth(month);
  const states = new Map((await lookup.sources({})).sources.map((state) => [state.source, state]));
  const sources = [...asked.sources, ...retired([...states.keys()], asked)];
  const firstOf = ({ name }: MonthSource) => {
    const { cursor } = states.get(name) ?? {};
    return cursor === undefined ? undefined : asked.firstOf(name, cursor);
  };
  const days: MonthDay[] = [];
  const letters: LettersOfDay[] = [];
  const left: { readonly output: string; readonly records: number }[] = [];
  for (let day = first; day < end && day <= today; day++) {
    const { books } = await lookup.books({ day });
    letters.push(...(await lookup.letters({ day })).letters.filter(({ source }) => source !== asked.own));
    left.push(...(await lookup.left({ day })).left.filter(({ source }) => source !== asked.own));
    for (const source of sources) {
      const { closed, reopened, covered } = await lookup.closed({ source: source.name, day });
      const gap = states.get(source.name)?.gaps?.find((each) => each.day === day)?.reason ?? null;
      const own = books.filter((row) => row.source === source.name);
      const isRead = own.length > 0 || (firstOf(source) ?? Number.POSITIVE_INFINITY) <= day;
      const known = { closed, covered, reopened: reopened === true, gap, isOver: day < today, isRead };
      days.push(...dayOf(source, day, known, own));
    }
  }
  const replaced = (await lookup.replaced({})).replaced.filter((each) => concernsDays(each, first, end));
  const losses = (await lookup.losses({})).losses.filter((at) => utcDayOfMs(at) >= first);
  const shown = new Set(days.map(({ source }) => source));
  const besides = asked.sources.filter(({ beside }) => beside !== null);
  const witnesses = besides.map((source) => ({ name: source.name, first: firstOf(source) }));
  return {
    ...{ month, to_come: Math.max(end - Math.max(today + 1, first), 0) },
    ...{ made: new Date(now).toISOString(), version, host },
    sources: sources.filter(({ name, instance }) => instance !== null || shown.has(name)),
    ...{ days, witnessed: witnessedOf(witnesses, states, { first, end }) },
    ...{ totals: totalsOf(days, left, asked), dead_letters: lettersOf(letters) },
    losses: losses.map((at) => new Date(at).toISOString()),
    replaced: replaced.map(replacedStatus),
  };
}

/** Sources that the state knows and the configuration does not. */
function retired(known: readonly string[], { sources, own }: MonthAsked): MonthSource[] {
  const configured = new Set([own, ...sources.map(({ name }) => name)]);
  return known
    .filter((name) => !configured.has(name))
    .map((name) => ({ name, instance: null, beside: null }));
}

interface KnownOfDay {
  readonly closed: ClosedDay | undefined;
  readonly reopened: boolean;
  readonly covered: boolean;
  readonly gap: string | null;
  readonly isOver: boolean;
  readonly isRead: boolean;
}

/** None where there is nothing to say of the day. */
function dayOf(
  source: MonthSource,
  day: number,
  known: KnownOfDay,
  own: readonly BookRow[],
): readonly MonthDay[] {
  const { closed, gap } = known;
  // Every output has a row, each with the same number of new records.
  const kept = own[0]?.new ?? 0;
  const isWanted = source.beside === null && source.instance !== null;
  if (!isWanted && closed === undefined && kept === 0 && gap === null) return [];
  const found: MonthDay = {
    ...{ source: source.name, day: dayText(day), gap },
    state: stateOf(source, known),
    closed: closed === undefined ? null : closedOf(closed),
    ...{ kept, late: own[0]?.late ?? 0 },
    outputs: own.map(outcomeOf),
  };
  return [found];
}

function stateOf(
  { beside, instance }: MonthSource,
  { closed, reopened, covered, gap, isOver, isRead }: KnownOfDay,
): MonthDayState {
  if (beside !== null) return closed === undefined || reopened ? "beside" : "closed";
  if (gap !== null) return "gap";
  if (closed !== undefined && !reopened) return "closed";
  if (instance === null) return covered ? "beside" : "left";
  if (!isOver) return "open";
  return isRead || closed !== undefined ? "settling" : "unread";
}

function closedOf({ at, closing, records, identities, digest }: ClosedDay) {
  return { at: new Date(at).toISOString(), closings: closing, records, identities, digest };
}

function outcomeOf(row: BookRow): MonthOutcome {
  const { output, delivered, filtered, dead, dropped, skipped, lost, pending } = row;
  return { output, delivered, filtered, dead, dropped, skipped, lost, pending };
}

function totalsOf(
  days: readonly MonthDay[],
  left: readonly { readonly output: string; readonly records: number }[],
  { outputs }: MonthAsked,
): MonthTotal[] {
  const totals = new Map<string, MonthTotal>();
  for (const outcome of days.flatMap(({ outputs }) => outputs)) {
    const { output } = outcome;
    const before = totals.get(output);
    const sum = (key: Exclude<keyof MonthOutcome, "output">) => (before?.[key] ?? 0) + outcome[key];
    totals.set(output, {
      ...{ output, configured: outputs.includes(output) },
      ...{ delivered: sum("delivered"), filtered: sum("filtered"), dead: sum("dead") },
      ...{ dropped: sum("dropped"), skipped: sum("skipped"), lost: sum("lost"), pending: sum("pending") },
      left: 0,
    });
  }
  for (const { output, records } of left) {
    const total = totals.get(output);
    if (total !== undefined) totals.set(output, { ...total, left: total.left + records });
  }
  return [...totals.values()].sort((a, b) => (a.output < b.output ? -1 : 1));
}

/** By output and reason. */
function lettersOf(letters: readonly LettersOfDay[]): Omit<LettersOfDay, "source">[] {
  const sums = new Map<string, Omit<LettersOfDay, "source">>();
  for (const { output, reason, events } of letters) {
    const key = JSON.stringify([output, reason]);
    sums.set(key, { output, reason, events: events + (sums.get(key)?.events ?? 0) });
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
