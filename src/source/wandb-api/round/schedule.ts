import { dayMs, utcDayOfMs } from "../../../time/clock.ts";
import type { Failed, Learned, Progress, Round } from "./progress.ts";

const midnightMs = 120_000;
const shortestRestMs = 60_000;
/** No day rests longer between two attempts, milliseconds. */
export const longestRestMs = 3_600_000;

/**
 * One request series: the days `from` to `through` (inclusive), asked for in one of the two ways that mean
 * the same to every server.
 */
export interface WindowRequest {
  /** `startDate=from` alone is one day; `numDays=today - from` without `startDate` reaches to today. */
  readonly by: "startDate" | "numDays";
  readonly from: number;
  readonly through: number;
  /**
   * Days to ask for in addition, without relying on them: at the end of a day it may be tomorrow before the
   * server counts.
   */
  readonly wider: 0 | 1;
}

/** What decides which days are due; spans in milliseconds. */
export interface ScheduleOptions {
  readonly lookbackMs: number;
  /** The steady window is read this often, whatever else is due. */
  readonly intervalMs: number;
  readonly multiTenant: boolean;
  /** Older days that are wanted once more. */
  readonly owed?: readonly number[];
}

/** What is due at `now`: the round in progress, or the next one. Something of it can always be asked for. */
export function currentRound(progress: Progress, now: number, options: ScheduleOptions): Round {
  const { round } = progress;
  const due = scheduleRound(progress, now, options);
  // One that was scheduled days ahead of now, by a clock that was wrong, is scheduled again.
  if (round === undefined || round.planned > due.planned + 1) return due;
  if (round.steady !== undefined) return resumed(round, due);
  const { steadyEnd } = round;
  const fresh = steadyEnd !== undefined && now >= steadyEnd && now - steadyEnd < options.intervalMs;
  return fresh && nextRequest(round, progress.server, now, options) !== undefined ? round : due;
}

/** The steady window, and what was missed before it; what the last round left over is taken along. */
export function scheduleRound(
  progress: Progress,
  now: number,
  { lookbackMs, owed = [] }: ScheduleOptions,
): Round {
  const { round } = progress;
  const today = utcDayOfMs(now);
  const startDay = utcDayOfMs(progress.start);
  const wanted = (list: readonly number[] = []) => list.filter((day) => day >= startDay);
  const reached = steadyReached(round, now) ?? wholeReached(progress);
  const from = reached === undefined ? startDay : utcDayOfMs(Math.min(reached, now) - lookbackMs);
  const steady = firstSteady(progress.start, now, { lookbackMs });
  const before = (list: readonly number[]) =>
    [...new Set(list)].filter((day) => day < steady).sort((a, b) => a - b);
  const missed = before([...wanted(round?.missed), ...owed, ...days(Math.max(from, startDay), steady - 1)]);
  return {
    planned: today,
    missed,
    steady,
    ...(round?.found && { found: true }),
    ...(round?.failed !== undefined && { failed: round.failed }),
  };
}

/** The first day of a steady window that is read at `now`. */
export function firstSteady(
  start: number,
  now: number,
  { lookbackMs }: Pick<ScheduleOptions, "lookbackMs">,
): number {
  const today = utcDayOfMs(now);
  return Math.max(Math.min(today - 1, utcDayOfMs(now - lookbackMs)), Math.min(utcDayOfMs(start), today));
}

/** Up to when everything was read, with `lookback`: the newest hours alone show less of what is late. */
function wholeReached({ watermark, newest }: Progress): number | undefined {
  return watermark === undefined ? undefined : Math.min(watermark, newest?.whole.at ?? watermark);
}

/**
 * A round that rested past midnight: what its steady window has left behind since is missed, and read day by
 * day.
 */
function resumed(round: Round, { steady = 0 }: Round): Round {
  if (round.steady === undefined || round.steady >= steady) return round;
  return { ...round, missed: [...round.missed, ...days(round.steady, steady - 1)], steady };
}

/** Until when the round has read everything, apart from the days it still owes. */
export function steadyReached(round: Round | undefined, now: number): number | undefined {
  if (round === undefined || round.steady !== undefined) return undefined;
  return round.steadyAt !== undefined && round.steadyAt <= now ? round.steadyAt : undefined;
}

/**
 * The round's next request, or undefined when nothing is due now. The steady window comes first, so that no
 * older day keeps new records from being read; days that failed rest for a while.
 */
export function nextRequest(
  round: Round,
  server: Learned,
  now: number,
  options: ScheduleOptions,
): WindowRequest | undefined {
  const { missed, steady, proof } = round;
  const single = usesStartDate(round, server);
  if (round.witness) return reaching(steady ?? utcDayOfMs(now) - 1, now, server, options);
  if (steady !== undefined)
    return single && server.answers === "envelope" ? oneDay(steady) : reaching(steady, now, server, options);
  if (proof !== undefined) return oneDay(proof);
  const ready = (day: number) => !rests(round.failed?.[day], now);
  const due = missed.find(ready);
  if (due === undefined) return undefined;
  return single ? oneDay(due) : reaching(Math.min(...missed), now, server, options);
}

/** Single days are asked for: `startDate` is honoured, or it is to be tried. */
export function usesStartDate(round: Round, server: Learned): boolean {
  return server.startDate === "honoured" || (server.startDate === undefined && round.tried !== true);
}

/** One day by `startDate`. */
export function oneDay(day: number): WindowRequest {
  return { by: "startDate", from: day, through: day, wider: 0 };
}

/** The days from `oldest`, as far back as the server gives, through today by `numDays`. */
export function reaching(
  oldest: number,
  now: number,
  server: Learned,
  { multiTenant }: Pick<ScheduleOptions, "multiTenant">,
): WindowRequest {
  const today = utcDayOfMs(now);
  const most = Math.min(
    server.maxDays ?? Number.POSITIVE_INFINITY,
    multiTenant ? 7 : Number.POSITIVE_INFINITY,
  );
  // A clock that was set back since the round was planned has its days still to come.
  const from = Math.min(today, Math.max(oldest, today - most));
  const wider = now % dayMs > dayMs - midnightMs && today - from < most ? 1 : 0;
  return { by: "numDays", from, through: today, wider };
}

/** How long a day rests that failed so often in a row. */
export function restMs(failures: number): number {
  return Math.min(longestRestMs, shortestRestMs * 2 ** Math.min(failures - 1, 30));
}

/** A rest longer than any was begun by a clock that was wrong. */
function rests(failed: Failed | undefined, now: number): boolean {
  return failed !== undefined && now < failed.until && failed.until - now <= longestRestMs;
}

/** The days from the first through the last; none when the last is before the first. */
export function days(from: number, through: number): number[] {
  return Array.from({ length: Math.max(0, through - from + 1) }, (_, at) => from + at);
}

/** The moment a day begins. */
export const dayStart = (day: number): number => day * dayMs;
