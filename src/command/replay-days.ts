import type { ConfiguredSource } from "../source/configured.ts";
import type { BackfillPlan } from "../spool/backfill.ts";
import type { GoneRecords } from "../spool/replay.ts";

/** As fast as a backfill that nobody has given a pace. */
const usualPace = 5_000;

/** From where comes what the spool does not have any more. */
export interface DaysToRead {
  readonly days: readonly BackfillPlan[];
  /** No source is there to read these from. */
  readonly unread: readonly GoneRecords[];
}

/**
 * The days of records that are gone, by who is asked for them: the source that had shown them, or one of the
 * same instance where that has no days to ask for, but never a witness; `wanted` alone where a person named
 * one.
 */
export function daysToRead(
  gone: readonly GoneRecords[],
  sources: readonly ConfiguredSource[],
  wanted?: string,
): DaysToRead {
  const days = new Map<string, BackfillPlan>();
  const unread: GoneRecords[] = [];
  for (const each of gone) {
    const source = wanted ?? readerOf(each.source, sources);
    if (source === undefined) {
      unread.push(each);
      continue;
    }
    const { first, end } = days.get(source) ?? each;
    const span = { first: Math.min(first, each.first), end: Math.max(end, each.end) };
    days.set(source, { source, ...span, perSecond: usualPace });
  }
  return { days: [...days.values()], unread };
}

function readerOf(name: string, sources: readonly ConfiguredSource[]): string | undefined {
  const own = sources.find(({ config }) => config.name === name);
  const alike = sources.filter(({ origin }) => origin.instance === own?.origin.instance);
  const [found] = [own, ...alike].filter(
    (each) => each !== undefined && each.noDays === undefined && each.config.role !== "verify",
  );
  return found?.config.name;
}
