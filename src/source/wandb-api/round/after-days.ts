import { dayText } from "../../../time/clock.ts";
import type { Round } from "./progress.ts";
import { days, usesStartDate, type WindowRequest } from "./schedule.ts";
import { earliestDay, reachedBack, type Shown } from "./shown.ts";
import type { Result, Step } from "./step.ts";

/**
 * After an answer to `numDays`: it covers the days as far back as it reached. What is older is asked for
 * next, or out of reach.
 */
export function afterDays(step: Step, answer: Shown, today: number): Result {
  const { round, request, at, endedAt } = step;
  const from = reachedBack(request, answer);
  const server = from > request.from ? { ...step.server, maxDays: today - from } : step.server;
  const { steady, ...rest } = round;
  const owed = [...round.missed, ...days(steady ?? today, today)].filter((day) => day < from);
  const reached: Round = {
    ...rest,
    missed: owed,
    sweeps: round.sweeps.filter((day) => day < from),
    steadyAt: at,
    steadyEnd: endedAt,
  };
  const covered = { from, through: request.through };
  const notices = shorterThanAsked(request, answer, today);
  if (steady !== undefined || usesStartDate(round, server))
    return { round: reached, server, covered, notices };
  const proof = provable(answer, from, today);
  if (owed.length > 0 && server.startDate === undefined && proof !== undefined)
    return { round: { ...reached, proof }, server, covered };
  // Without startDate, nothing reaches further back than this request.
  const reason = `the server gives at most ${today - from} days back and does not answer for single older days`;
  const gaps = owed.map((day) => ({ day, reason }));
  return { round: { ...reached, missed: [], sweeps: [] }, server, covered, gaps, notices };
}

/** A past day that will tell whether `startDate` is honoured. */
function provable(answer: Shown, from: number, today: number): number | undefined {
  if (answer.range !== undefined) return today - 1;
  for (let day = today - 1; day >= from; day--) if ((answer.perDay.get(day) ?? 0) > 0) return day;
  return undefined;
}

function shorterThanAsked(request: WindowRequest, answer: Shown, today: number): readonly string[] {
  const { by, from } = request;
  const first = earliestDay(answer);
  if (by !== "numDays" || first === undefined || first <= from || today - from <= 7) return [];
  return [`the server showed nothing before ${dayText(first)} although asked from ${dayText(from)}`];
}
