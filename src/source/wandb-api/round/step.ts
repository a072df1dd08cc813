import type { Gap } from "../../../record/reading.ts";
import type { SourceError } from "../../source.ts";
import { withoutLimits } from "./learned.ts";
import type { Learned, Progress, Round } from "./progress.ts";
import type { ScheduleOptions, WindowRequest } from "./schedule.ts";
import type { Shown } from "./shown.ts";

/**
 * One step of a round: what was known, asked for and shown. Moments are epoch milliseconds by the server's
 * clock.
 */
export interface Step {
  readonly progress: Progress;
  readonly round: Round;
  readonly request: WindowRequest;
  /** `refused`: the server rejects the request as it is. */
  readonly outcome: Shown | { readonly refused: SourceError };
  /** What was learned on the way to the answer. */
  readonly server: Learned;
  /** When the request was sent. */
  readonly at: number;
  /** When the answer had ended. */
  readonly endedAt: number;
  readonly notices: readonly string[];
  readonly options: ScheduleOptions;
}

/**
 * What a step leaves: the rest of the round, what the server was seen to do, and the days that need no asking
 * any more.
 */
export interface Result {
  readonly round: Round;
  readonly server: Learned;
  /** UTC days that were shown completely, both included. */
  readonly covered?: { readonly from: number; readonly through: number };
  readonly gaps?: readonly Gap[];
  readonly notices?: readonly string[];
}

/** The steady window's next day, up to today. */
export function beyondSteady(
  { round: { steady: _, ...rest }, request, at, endedAt }: Step,
  today: number,
): Round {
  const steadyAt = rest.steadyAt ?? at;
  return request.from < today
    ? { ...rest, steady: request.from + 1, steadyAt }
    : { ...rest, steadyAt, steadyEnd: endedAt };
}

/**
 * `startDate` proves nothing in this round, so the days are read with `numDays`; what that has not reached
 * already is out of reach.
 */
export function withoutStartDate(round: Round, server: Learned): Result {
  const { proof, ...rest } = round;
  if (proof === undefined) return { round: { ...rest, tried: true }, server };
  if (seenFirst(round, round.missed)) return onceMore(rest, server);
  const reason = "the server does not answer for single older days";
  return {
    round: { ...rest, tried: true, missed: [] },
    server,
    gaps: round.missed.map((day) => ({ day, reason })),
  };
}

/** Whether it is the first time in this round that these days are found to be out of reach. */
export function seenFirst({ again }: Round, days: readonly number[]): boolean {
  return again !== Math.min(...days);
}

/** Before days become gaps, everything that limits what is asked for is tried once more. */
export function onceMore({ tried: _, proof: __, ...round }: Round, server: Learned): Result {
  return { round: { ...round, again: Math.min(...round.missed) }, server: withoutLimits(server) };
}

/** The server does not give the one day that was asked for. It is owed no longer: it is a gap. */
export function dayRefused(step: Step, reason: string, today: number): Result {
  const { round, server, request } = step;
  const day = request.from;
  // A round that rested for days has its steady window where the server may no longer reach.
  if (round.steady === day && round.again !== day) return { round: { ...round, again: day }, server };
  if (round.steady === day) return { round: beyondSteady(step, today), server, gaps: [{ day, reason }] };
  // One answer is no proof.
  if (round.again !== day) return { round: { ...round, again: day }, server };
  const missed = round.missed.filter((other) => other !== day);
  return { round: { ...round, missed }, server, gaps: [{ day, reason }] };
}
