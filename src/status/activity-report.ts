import type { Origin } from "../record/origin.ts";
import type { ActivityLookup, Person } from "../spool/activity.ts";
import type { SourceState } from "../spool/spool-state.ts";
import { dayText } from "../time/clock.ts";
import { turnOfOthers } from "../time/turn.ts";
import { type ActivityPeriod, type DaySpan, periodDays } from "./activity-period.ts";
import { UserCounts, type UserDays } from "./user-counts.ts";

/** Who was active at an instance in a period: stable names, UTC days, times as ISO 8601. */
export interface ActivityReport {
  readonly instance: string;
  readonly period: ActivityPeriod;
  /** Both days included. */
  readonly from: string;
  readonly to: string;
  /** The first day of which anything is known; null where nothing is. */
  readonly counted_since: string | null;
  /** W&B itself counts more than its audit log tells: the numbers are at least these. */
  readonly lower_bound: boolean;
  /** Days of which some users may not be known: a gap of a source, damage, more than there is room for. */
  readonly incomplete_days: readonly string[];
  readonly active_users: number;
  /** Users who were never active before the period; null where nothing is known of the time before it. */
  readonly new_users: number | null;
  /** Users of as many days before the period who were not active in it; null as before. */
  readonly gone_users: number | null;
  readonly days: readonly { readonly day: string; readonly users: number }[];
  /** `whole`: all of its days are in the period. */
  readonly weeks: readonly {
    readonly week: string;
    readonly from: string;
    readonly users: number;
    readonly whole: boolean;
  }[];
  /** Most active days first, then who was active last, then by id. */
  readonly users: readonly ActiveUserReport[];
  /** Of `gone_users`, who was active last first. */
  readonly gone: readonly GoneUserReport[];
}

/** What `/activity.json` answers: `counted` is false where `activity: false` is configured. */
export interface ActivityDocument {
  readonly counted: boolean;
  readonly period: ActivityPeriod;
  readonly instances: readonly ActivityReport[];
}

/** A user who was active in the period. */
export interface ActiveUserReport {
  readonly user: string;
  /** Null where no name is kept. */
  readonly name: string | null;
  readonly service_account: boolean;
  readonly active_days: number;
  readonly last_active: string;
  /** The first day ever. */
  readonly first_active: string;
  readonly new: boolean;
}

/** A user who was active just before the period and not in it. */
export type GoneUserReport = Pick<ActiveUserReport, "user" | "name" | "service_account" | "last_active">;

/** What is asked. `today` is the UTC day. */
interface ActivityQuestion {
  readonly instance: string;
  readonly period: ActivityPeriod;
  readonly today: number;
  /** See `ActivityReport`. */
  readonly lowerBound: boolean;
  /** Days that a source could not show. */
  readonly gaps: readonly number[];
}

/** Whose activity is asked for. */
export interface DocumentQuestion {
  /** Whether anybody is counted. */
  readonly counted: boolean;
  readonly origins: readonly Pick<Origin, "source" | "instance" | "baseUrl">[];
  /** How far each source was read. */
  readonly states: readonly Pick<SourceState, "source" | "gaps">[];
  readonly period: ActivityPeriod;
  readonly today: number;
}

/** Only Multi-tenant Cloud calls active whoever is in its audit log; W&B's other servers count more. */
const countsByLog = "api.wandb.ai";

/** The reports of all instances, each once, in the order of the configuration. */
export async function activityDocument(
  lookup: ActivityLookup,
  { counted, origins, states, period, today }: DocumentQuestion,
): Promise<ActivityDocument> {
  const instances = counted ? [...new Set(origins.map(({ instance }) => instance))] : [];
  const reports: ActivityReport[] = [];
  for (const instance of instances) {
    const own = origins.filter((origin) => origin.instance === instance);
    const lowerBound = !own.some(({ baseUrl }) => hostOf(baseUrl) === countsByLog);
    const gaps = states
      .filter(({ source }) => own.some((origin) => origin.source === source))
      .flatMap((state) => state.gaps.map(({ day }) => day));
    reports.push(await activityReport(lookup, { instance, period, today, lowerBound, gaps }));
  }
  return { counted, period, instances: reports };
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/**
 * The report over all days that are kept, one after the other: others have their turn in between. Rejects
 * with SpoolError.
 */
async function activityReport(
  lookup: ActivityLookup,
  { instance, period, today, lowerBound, gaps }: ActivityQuestion,
): Promise<ActivityReport> {
  const known = lookup.days(instance).filter((day) => day <= today);
  const first = known[0] ?? Number.POSITIVE_INFINITY;
  const span = periodDays(period, today, first);
  const counts = new UserCounts(span, gaps);
  for (const day of known) {
    const { users, more } = lookup.users(instance, day);
    counts.take(day, users, more);
    await turnOfOthers();
  }
  const persons = await personsOf(lookup, instance);
  const knownBefore = first < span.from;
  const users = counts.active().map(([user, found]) => userReport(user, found, persons, span, knownBefore));
  const gone = knownBefore ? counts.gone().map(([user, found]) => goneReport(user, found, persons)) : [];
  return {
    ...{ instance, period, from: dayText(span.from), to: dayText(span.to), lower_bound: lowerBound },
    counted_since: Number.isFinite(first) ? dayText(first) : null,
    incomplete_days: counts.incomplete().map(dayText),
    active_users: users.length,
    new_users: knownBefore ? users.filter((each) => each.new).length : null,
    gone_users: knownBefore ? gone.length : null,
    days: counts.perDay(),
    weeks: counts.perWeek(),
    ...{ users, gone },
  };
}

async function personsOf(lookup: ActivityLookup, instance: string): Promise<ReadonlyMap<string, Person>> {
  const persons = new Map<string, Person>();
  for (let after = ""; ; await turnOfOthers()) {
    const some = lookup.persons(instance, after);
    if (some.length === 0) return persons;
    for (const person of some) persons.set(person.user, person);
    after = some.at(-1)?.user ?? "";
  }
}

function goneReport(user: string, { last }: UserDays, persons: ReadonlyMap<string, Person>): GoneUserReport {
  const person = persons.get(user);
  return {
    user,
    name: person?.name ?? null,
    service_account: person?.service ?? false,
    last_active: new Date(last * 1000).toISOString(),
  };
}

function userReport(
  user: string,
  found: UserDays,
  persons: ReadonlyMap<string, Person>,
  { from }: DaySpan,
  knownBefore: boolean,
): ActiveUserReport {
  return {
    ...goneReport(user, found, persons),
    active_days: found.days,
    first_active: dayText(found.first),
    new: knownBefore && found.first >= from,
  };
}
