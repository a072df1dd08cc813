import type { CheckedChain } from "../archive/chain.ts";
import type { SignedManifest } from "../archive/manifest.ts";
import type { ClosedDay } from "../spool/closed-day.ts";
import type { AskedLookup } from "../spool/event-lookup.ts";
import type { BookRow, SourceState } from "../spool/spool-state.ts";
import { dayText, utcDayOfMs } from "../time/clock.ts";

/** A source as the configuration has it. */
export interface MonthSource {
  readonly name: string;
  readonly instance: string;
}

/** What became of a day's records for one output. */
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

/**
 * How a UTC day of a source stands: `open` it is not over, `settling` more may come of it or came after it
 * was closed, `gap` the source cannot show it, `unread` nothing of it was ever read.
 */
export type MonthDayState = "open" | "settling" | "closed" | "gap" | "unread";

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

/** The archive, as it was looked at. */
export interface MonthArchive {
  readonly where: string;
  readonly chain: CheckedChain;
  /** The hash of the newest manifest that the state knows, which has to be in it; null: it knows none. */
  readonly known: string | null;
  /** Those of the month. */
  readonly manifests: readonly {
    readonly number: number;
    readonly date: string;
    readonly hash: string;
    readonly fingerprint: string;
    readonly files: number;
    readonly days: number;
    readonly recovered: string | null;
  }[];
}

/** What a report says. */
export interface MonthFacts {
  /** `2026-08` */
  readonly month: string;
  readonly made: string;
  readonly version: string;
  readonly host: string;
  readonly sources: readonly MonthSource[];
  readonly days: readonly MonthDay[];
  /** Of all days and sources, by output. */
  readonly totals: readonly MonthOutcome[];
  readonly archive: MonthArchive | null;
}

/** What a report is made of. */
export interface MonthAsked {
  readonly month: string;
  readonly lookup: Pick<AskedLookup, "sources" | "closed" | "books">;
  readonly sources: readonly MonthSource[];
  readonly archive: MonthArchive | null;
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
export async function monthFacts(asked: MonthAsked): Promise<MonthFacts> {
  const { month, lookup, sources, archive, version, host, now } = asked;
  const today = utcDayOfMs(now);
  const { first, end } = daysOfMonth(month);
  const states = new Map((await lookup.sources({})).sources.map((state) => [state.source, state]));
  const days: MonthDay[] = [];
  for (let day = first; day < end && day <= today; day++) {
    const { books } = await lookup.books({ day });
    for (const source of sources) {
      const { closed } = await lookup.closed({ source: source.name, day });
      const known = { closed, state: states.get(source.name), books, today };
      days.push(dayOf(source, day, known, sources));
    }
  }
  const made = new Date(now).toISOString();
  return { month, made, version, host, sources, days, totals: totalsOf(days), archive };
}

interface KnownOfDay {
  readonly closed: ClosedDay | undefined;
  readonly state: SourceState | undefined;
  readonly books: readonly BookRow[];
  readonly today: number;
}

function dayOf(
  { name, instance }: MonthSource,
  day: number,
  { closed, state, books, today }: KnownOfDay,
  sources: readonly MonthSource[],
): MonthDay {
  const own = books.filter(({ source }) => source === name);
  const gap = state?.gaps.find((each) => each.day === day)?.reason ?? null;
  const kept = keptOf(name, books);
  const alike = sources.filter((each) => each.instance === instance);
  const keptOfInstance = alike.reduce((sum, each) => sum + keptOf(each.name, books), 0);
  const isRead = closed !== undefined || own.length > 0;
  return {
    ...{ source: name, day: dayText(day), gap, kept, late: own[0]?.late ?? 0 },
    state: stateOf({ gap, closed, isOver: day < today, isRead, keptOfInstance }),
    closed: closed === undefined ? null : closedOf(closed),
    outputs: own.map(outcomeOf),
  };
}

function stateOf({
  gap,
  closed,
  isOver,
  isRead,
  keptOfInstance,
}: Pick<MonthDay, "gap"> & {
  readonly closed: ClosedDay | undefined;
  readonly isOver: boolean;
  readonly isRead: boolean;
  readonly keptOfInstance: number;
}): MonthDayState {
  if (gap !== null) return "gap";
  if (closed !== undefined) return keptOfInstance > closed.kept ? "settling" : "closed";
  if (!isOver) return "open";
  return isRead ? "settling" : "unread";
}

/** Every output has a row, each with the same number of new records. */
function keptOf(name: string, books: readonly BookRow[]): number {
  return books.find(({ source }) => source === name)?.new ?? 0;
}

function closedOf({ at, closing, records, identities, digest }: ClosedDay) {
  return { at: new Date(at).toISOString(), closings: closing, records, identities, digest };
}

function outcomeOf(row: BookRow): MonthOutcome {
  const { output, delivered, filtered, dead, dropped, skipped, lost, pending } = row;
  return { output, delivered, filtered, dead, dropped, skipped, lost, pending };
}

function totalsOf(days: readonly MonthDay[]): MonthOutcome[] {
  const totals = new Map<string, MonthOutcome>();
  for (const outcome of days.flatMap(({ outputs }) => outputs)) {
    const { output } = outcome;
    const before = totals.get(output);
    const sum = (key: Exclude<keyof MonthOutcome, "output">) => (before?.[key] ?? 0) + outcome[key];
    totals.set(output, {
      ...{ output, delivered: sum("delivered"), filtered: sum("filtered"), dead: sum("dead") },
      ...{ dropped: sum("dropped"), skipped: sum("skipped"), lost: sum("lost"), pending: sum("pending") },
    });
  }
  return [...totals.values()].sort((a, b) => (a.output < b.output ? -1 : 1));
}

/** An archive as a report shows it: those of its manifests that are of the month. */
export function monthArchive(
  { where, chain, known }: Pick<MonthArchive, "where" | "chain" | "known">,
  manifests: readonly SignedManifest[],
  month: string,
): MonthArchive {
  return {
    ...{ where, chain, known },
    manifests: manifests
      .filter(({ manifest }) => manifest.date.startsWith(`${month}-`))
      .map(({ manifest: { number, date, files, days, recovered }, hash, fingerprint }) => ({
        ...{ number, date, hash, fingerprint, files: files.length, days: days.length, recovered },
      })),
  };
}

/** What of a report an auditor has to ask about; nothing where all is as it should be. */
export function openPoints({ days, totals, archive }: MonthFacts): string[] {
  const count = (state: MonthDayState) => days.filter((day) => day.state === state).length;
  const points = [
    ...(["unread", "gap", "settling", "open"] as const).flatMap((state) =>
      count(state) > 0 ? [`${count(state)} ${pointWords[state]}`] : [],
    ),
    ...totals.flatMap(({ output, dead, dropped, lost, pending }) =>
      [
        ...([[dead, "given up and waiting for a person"]] as const),
        ...([[dropped, "dropped by a person"]] as const),
        ...([[lost, "lost on disk"]] as const),
        ...([[pending, "not delivered yet"]] as const),
      ].flatMap(([number, what]) => (number > 0 ? [`output ${output}: ${number} ${what}`] : [])),
    ),
  ];
  if (archive === null) return points;
  const { faults, manifests } = archive.chain;
  if (manifests === 0) points.push(`the archive ${archive.where} has no manifest`);
  if (faults.length > 0) points.push(`the archive ${archive.where} was changed: ${faults.length} findings`);
  return points;
}

const pointWords = {
  unread: "days of a source of which nothing was ever read",
  gap: "days that a source cannot show",
  settling: "days of a source that are over and not closed, or to which something came since",
  open: "days of a source that are not over",
} as const;
