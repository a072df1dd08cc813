import { dayMs, utcDayOfMs } from "../../clock.ts";
import type { Learned, Progress, Round } from "./progress.ts";

/** W&B may show an entry days late: each day is read once more when it is this many days old. */
export const sweepDistances = [3, 7] as const;

const midnightMs = 120_000;

/** One request series: the days `from` to `through` (inclusive), asked for in one of the two ways that mean the same to every server. */
export interface Ask {
  /** `startDate=from` alone is one day; `numDays=today - from` without `startDate` reaches to today. */
  readonly by: "startDate" | "numDays";
  readonly from: number;
  readonly through: number;
  /** Days to ask for in addition, without relying on them: at the end of a day it may be tomorrow before the server counts. */
  readonly wider: 0 | 1;
}

export interface PlanOptions {
  readonly lookbackMs: number;
  readonly multiTenant: boolean;
}

/** What is due at `now`. */
export function planRound(progress: Progress, now: number, { lookbackMs }: PlanOptions): Round {
  const today = utcDayOfMs(now);
  const startDay = utcDayOfMs(progress.start);
  const from =
    progress.watermark === undefined ? startDay : utcDayOfMs(Math.min(progress.watermark, now) - lookbackMs);
  const steady = Math.max(Math.min(today - 1, utcDayOfMs(now - lookbackMs)), Math.min(startDay, today));
  const missed = days(Math.max(from, startDay), steady - 1);
  const sweeps = sweepDistances.flatMap((distance, at) =>
    days(Math.max((progress.swept[at] ?? today) + 1, startDay), today - distance),
  );
  const due = [...new Set(sweeps)].filter((day) => day < steady && !missed.includes(day));
  return { planned: today, missed, steady, sweeps: due.sort((a, b) => a - b) };
}

/**
 * A round that rested past midnight: what its steady window has left behind since is missed, and read day by day. One that
 * was planned days ahead of now, by a clock that was wrong, is planned again.
 */
export function resumed(round: Round, progress: Progress, now: number, options: PlanOptions): Round {
  const due = planRound(progress, now, options);
  if (round.planned > due.planned + 1) return due;
  const { steady = 0 } = due;
  if (round.steady === undefined || round.steady >= steady) return round;
  return { ...round, missed: [...round.missed, ...days(round.steady, steady - 1)], steady };
}

/** The round's next request, or undefined when the round is done. */
export function nextAsk(round: Round, server: Learned, now: number, options: PlanOptions): Ask | undefined {
  const today = utcDayOfMs(now);
  if (round.proof !== undefined) return oneDay(round.proof);
  const { missed, sweeps, steady } = round;
  if (!usesStartDate(round, server)) {
    const oldest = Math.min(missed[0] ?? today, steady ?? today, sweeps[0] ?? today);
    const due = missed.length + sweeps.length > 0 || steady !== undefined;
    return due ? reaching(oldest, now, server, options) : undefined;
  }
  if (missed[0] !== undefined) return oneDay(missed[0]);
  if (steady !== undefined)
    return server.answers === "envelope" ? oneDay(steady) : reaching(steady, now, server, options);
  return sweeps[0] === undefined ? undefined : oneDay(sweeps[0]);
}

/** Single days are asked for: `startDate` is honoured, or it is to be tried. */
export function usesStartDate(round: Round, server: Learned): boolean {
  return server.startDate === "honoured" || (server.startDate === undefined && round.tried !== true);
}

function oneDay(day: number): Ask {
  return { by: "startDate", from: day, through: day, wider: 0 };
}

function reaching(oldest: number, now: number, server: Learned, { multiTenant }: PlanOptions): Ask {
  const today = utcDayOfMs(now);
  const most = Math.min(
    server.maxDays ?? Number.POSITIVE_INFINITY,
    multiTenant ? 7 : Number.POSITIVE_INFINITY,
  );
  const from = Math.max(oldest, today - most);
  const wider = now % dayMs > dayMs - midnightMs && today - from < most ? 1 : 0;
  return { by: "numDays", from, through: today, wider };
}

export function days(from: number, through: number): number[] {
  return Array.from({ length: Math.max(0, through - from + 1) }, (_, at) => from + at);
}

/** The moment a day begins. */
export const dayStart = (day: number): number => day * dayMs;
