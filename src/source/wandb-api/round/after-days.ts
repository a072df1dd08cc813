import { dayText } from "../../../time/clock.ts";
import { learn } from "./learned.ts";
import type { Learned, Round } from "./progress.ts";
import { days, longestRestMs, usesStartDate, type WindowRequest } from "./schedule.ts";
import { earliestDay, reachedBack, type Shown } from "./shown.ts";
import { onceMore, type Result, type Step, seenFirst } from "./step.ts";

/**
 * After an answer to `numDays`: it covers the days as far back as it reached. What is older is asked for
 * next, or out of reach.
 */
export function afterDays(step: Step, answer: Shown, today: number): Result {
  const { round, request, at, endedAt } = step;
  const { cut: before, ...known } = step.server;
  const { from, cut, open } = reachedBack(request, answer, before);
  const short = from > request.from && open === undefined;
  const server: Learned = {
    ...(short ? learn(known, { maxDays: today - from }, at) : known),
    ...(cut !== undefined && { cut }),
  };
  const { steady, witness: _, ...rest } = round;
  const owed = [...round.missed, ...days(steady ?? today, today)].filter((day) => day < from);
  const reached: Round = {
    ...rest,
    missed: owed,
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
  if (owed.length > 0 && open) {
    const told = owed.every((day) => round.failed?.[day] !== undefined);
    return {
      round: untilTomorrow(reached, endedAt),
      server,
      covered,
      notices: told ? [] : [openText(from)],
    };
  }
  if (owed.length > 0 && seenFirst(round, owed)) return { ...onceMore(reached, server), covered, notices };
  // Without startDate, nothing reaches further back than this request.
  const reason = `the server gives at most ${today - from} days back and does not answer for single older days`;
  const gaps = owed.map((day) => ({ day, reason }));
  return { round: { ...reached, missed: [] }, server, covered, gaps, notices };
}

function openText(from: number): string {
  return `either the log begins on ${dayText(from)} or the server cuts its answers to seven days: tomorrow's answer tells, until then older days are owed`;
}

/** Tomorrow tells whether there is anything before: until then the days rest, as long as days may. */
function untilTomorrow(round: Round, now: number): Round {
  const rest = { failures: 0, until: now + longestRestMs };
  const resting = round.missed.map((day) => [day, rest]);
  return { ...round, failed: { ...round.failed, ...Object.fromEntries(resting) } };
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
