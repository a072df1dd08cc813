import type { ReadDone } from "../../../record/reading.ts";
import { dayText } from "../../../time/clock.ts";
import type { SourceError } from "../../source.ts";
import { cursorOf, type Failed, type Progress, type Round } from "./progress.ts";
import { restMs, scheduleRound } from "./schedule.ts";
import type { Step } from "./step.ts";

/** So many failures in a row, and a day counts as a gap until it is read. */
const patience = 3;

/** A step without an answer. */
export type Failure = Pick<Step, "progress" | "round" | "request" | "options" | "at" | "endedAt">;

/**
 * Whether a failed read may be set aside: it was for older days, so it must not keep new records from being
 * read. A server that asks to wait is obeyed.
 */
export function maySetAside({ round }: Failure, error: SourceError): boolean {
  return round.steady === undefined && error.retryAfterMs === undefined;
}

/**
 * The days of a failed read rest and stay owed. The steady window is read next: when that fails too, it is
 * the server that fails, not these days.
 */
export function setAside(failure: Failure, error: SourceError): ReadDone {
  const { progress, round, request, options, at, endedAt } = failure;
  const all = round.proof !== undefined || request.by === "numDays";
  const days = all ? [...round.missed] : [request.from];
  const failed: Record<string, Failed> = { ...round.failed };
  for (const day of days) {
    const failures = (failed[day]?.failures ?? 0) + 1;
    failed[day] = { failures, until: endedAt + restMs(failures) };
  }
  const left: Round = { ...round, failed };
  const next: Progress = { ...progress, round: left };
  const often = days.filter((day) => (failed[day]?.failures ?? 0) >= patience);
  const reason = `it cannot be read: ${error.reason}: ${error.message}`;
  const wait = Math.max(...days.map((day) => failed[day]?.until ?? endedAt)) - endedAt;
  return {
    next: cursorOf({ ...next, round: scheduleRound(next, at, options) }),
    caughtUp: false,
    partial: true,
    covered: { from: at, to: at },
    gaps: often.map((day) => ({ day, reason })),
    notices: [
      `${textOf(days)} could not be read: ${error.reason}: ${error.message}; newer days are read, it is tried again in ${Math.round(wait / 60_000)} min; ${error.fix}`,
    ],
  };
}

function textOf(days: readonly number[]): string {
  const first = dayText(Math.min(...days));
  return days.length === 1 ? first : `${days.length} days from ${first} to ${dayText(Math.max(...days))}`;
}
