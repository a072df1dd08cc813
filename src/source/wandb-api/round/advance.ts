import type { ReadDone, Window } from "../../../record/reading.ts";
import { dayMs } from "../../../time/clock.ts";
import { afterWindow } from "../newest/after-window.ts";
import { afterDay } from "./after-day.ts";
import { afterDays } from "./after-days.ts";
import { afterRefusal } from "./after-refusal.ts";
import { cursorOf, type Learned, type Progress, type Round } from "./progress.ts";
import { dayStart, days, firstSteady, nextRequest } from "./schedule.ts";
import type { Shown } from "./shown.ts";
import { leftOutNotices, unreadBefore } from "./start-change.ts";
import type { Result, Step } from "./step.ts";

/**
 * The end of a clean read: what is known now, and what comes next. Throws the refusal when nothing else is
 * left to try.
 */
export function advance(step: Step): ReadDone {
  const { progress, at, options } = step;
  const today = Math.floor(at / dayMs);
  const result =
    "refused" in step.outcome
      ? afterRefusal(step, step.outcome.refused, today)
      : afterAnswer(step, step.outcome, today);
  const { round, server, covered } = result;
  const done = owesNothing(round);
  const newest = afterWindow(step, result, done);
  const caughtUp = nextRequest(round, server, at, options) === undefined;
  const watermark = owesNothing(round) ? round.steadyAt : undefined;
  const reached = watermark ?? progress.watermark;
  const leftOut = "refused" in step.outcome ? 0 : step.outcome.leftOut;
  const next: Progress = {
    ...aboutStart(step, round, leftOut),
    start: progress.start,
    ...(reached !== undefined && { watermark: reached }),
    ...restOf(round, caughtUp),
    counts: countsOf(progress, step.outcome, covered, today),
    ...newest,
    server,
  };
  return {
    next: cursorOf(next),
    caughtUp,
    covered: windowOf(covered, progress.start, at),
    ...(watermark !== undefined && { watermark }),
    gaps: result.gaps ?? [],
    notices: [
      ...step.notices,
      ...leftOutNotices(progress.leftOut, leftOut, progress.start),
      ...(result.notices ?? []),
    ],
  };
}

/**
 * What is remembered about `start`. A steady window that has ended may have shown what was unread before it.
 */
function aboutStart({ progress, round: before, at, options }: Step, round: Round, shown: number) {
  const { start, wanted, keptBefore } = progress;
  const leftOut = Math.max(progress.leftOut ?? 0, shown);
  const ended = before.steady !== undefined && round.steady === undefined;
  const unread = ended
    ? unreadBefore(progress.unread, dayStart(firstSteady(start, at, options)))
    : progress.unread;
  return {
    ...(wanted !== undefined && { wanted }),
    ...(leftOut > 0 && { leftOut }),
    ...(keptBefore !== undefined && { keptBefore }),
    ...(unread !== undefined && { unread }),
  };
}

/** Everything up to the steady window's read has been read. */
function owesNothing({ steady, missed, proof }: Round): boolean {
  return steady === undefined && missed.length === 0 && proof === undefined;
}

/** What is kept of the round. With nothing due now, the steady window is the next to be read. */
function restOf(round: Round, caughtUp: boolean): { round?: Round } {
  if (owesNothing(round)) return {};
  const { failed: before = {}, steadyEnd, ...rest } = round;
  const owed = new Set(round.missed.map(String));
  const failed = Object.entries(before).filter(([day]) => owed.has(day));
  return {
    round: {
      ...rest,
      ...(steadyEnd !== undefined && !caughtUp && { steadyEnd }),
      ...(failed.length > 0 && { failed: Object.fromEntries(failed) }),
    },
  };
}

/** What the answer shows of the server counts from here on, also for what it says about days. */
function afterAnswer(step: Step, answer: Shown, today: number): Result {
  const changed = step.server.answers !== undefined && step.server.answers !== answer.answers;
  const { startDate: _, subDay: __, ...rest } = step.server;
  // A server that answers in another form is another program: what it does with startDate is to be seen
  // again.
  const server: Learned = { ...(changed ? rest : step.server), answers: answer.answers };
  const notices =
    step.server.answers === answer.answers
      ? []
      : [
          `the server answers with ${answer.answers === "ndjson" ? "NDJSON" : "the JSON envelope"}${changed ? " now" : ""}`,
        ];
  const result =
    step.request.by === "startDate"
      ? afterDay({ ...step, server }, answer, today)
      : afterDays({ ...step, server }, answer, today);
  return { ...result, notices: [...notices, ...(result.notices ?? [])] };
}

function countsOf(progress: Progress, outcome: Step["outcome"], covered: Result["covered"], today: number) {
  const counts = new Map(Object.entries(progress.counts).filter(([day]) => Number(day) >= today - 8));
  if (covered !== undefined && !("refused" in outcome))
    for (const day of days(Math.max(covered.from, today - 8), covered.through))
      counts.set(String(day), outcome.perDay.get(day) ?? 0);
  return Object.fromEntries(counts);
}

function windowOf(covered: Result["covered"], start: number, at: number): Window {
  if (covered === undefined) return { from: at, to: at };
  return {
    from: Math.max(dayStart(covered.from), Math.min(start, at)),
    to: Math.min(dayStart(covered.through + 1), at),
  };
}
