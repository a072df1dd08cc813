import type { Gap, ReadDone, Window } from "../../../record/reading.ts";
import { dayMs, dayText } from "../../../time/clock.ts";
import type { SourceError } from "../../source.ts";
import { cursorOf, type Learned, type Progress, type Round } from "./progress.ts";
import {
  dayStart,
  days,
  nextRequest,
  type ScheduleOptions,
  sweepDistances,
  usesStartDate,
  type WindowRequest,
} from "./schedule.ts";
import { reachedBack, type Shown, startDateEffect } from "./shown.ts";

/** One step of a round: what was known, asked and shown. */
export interface Step {
  readonly progress: Progress;
  readonly round: Round;
  readonly ask: WindowRequest;
  /** `refused`: the server rejects the request as it is. */
  readonly outcome: Shown | { readonly refused: SourceError };
  /** What was learned on the way to the answer. */
  readonly server: Learned;
  /** Server time when the request was sent. */
  readonly at: number;
  /** Server time when the answer had ended. */
  readonly endedAt: number;
  readonly notices: readonly string[];
  readonly options: ScheduleOptions;
}

interface Result {
  readonly round: Round;
  readonly server: Learned;
  readonly covered?: { readonly from: number; readonly through: number };
  readonly gaps?: readonly Gap[];
  readonly notices?: readonly string[];
}

/** The end of a clean read: what is known now, and what comes next. Throws the refusal when nothing else is left to try. */
export function advance(step: Step): ReadDone {
  const { progress, at, options } = step;
  const today = Math.floor(at / dayMs);
  const result =
    "refused" in step.outcome ? refused(step, step.outcome.refused, today) : shown(step, step.outcome, today);
  const { round, server, covered } = result;
  const caughtUp = nextRequest(round, server, at, options) === undefined;
  const watermark = owesNothing(round) ? round.steadyAt : undefined;
  const reached = watermark ?? progress.watermark;
  const next: Progress = {
    start: progress.start,
    ...(reached !== undefined && { watermark: reached }),
    ...restOf(round, caughtUp),
    swept: sweepDistances.map((distance) => round.planned - distance),
    counts: countsOf(progress, step.outcome, covered, today),
    server,
  };
  return {
    next: cursorOf(next),
    caughtUp,
    covered: windowOf(covered, progress.start, at),
    ...(watermark !== undefined && { watermark }),
    gaps: result.gaps ?? [],
    notices: [...step.notices, ...(result.notices ?? [])],
  };
}

/** Everything up to the steady window's read has been read. */
function owesNothing({ steady, missed, proof }: Round): boolean {
  return steady === undefined && missed.length === 0 && proof === undefined;
}

/** What is kept of the round. With nothing due now, the steady window is the next to be read. */
function restOf(round: Round, caughtUp: boolean): { round?: Round } {
  if (owesNothing(round) && round.sweeps.length === 0) return {};
  const { failed: before = {}, steadyEnd, ...rest } = round;
  const owed = new Set([...round.missed, ...round.sweeps].map(String));
  const failed = Object.entries(before).filter(([day]) => owed.has(day));
  return {
    round: {
      ...rest,
      ...(steadyEnd !== undefined && !caughtUp && { steadyEnd }),
      ...(failed.length > 0 && { failed: Object.fromEntries(failed) }),
    },
  };
}

function shown(step: Step, answer: Shown, today: number): Result {
  const changed = step.server.answers !== undefined && step.server.answers !== answer.answers;
  const { startDate: _, ...rest } = step.server;
  // A server that answers in another form is another program: what it does with startDate is to be seen again.
  const server: Learned = { ...(changed ? rest : step.server), answers: answer.answers };
  const notices =
    step.server.answers === answer.answers
      ? []
      : [
          `the server answers with ${answer.answers === "ndjson" ? "NDJSON" : "the JSON envelope"}${changed ? " now" : ""}`,
        ];
  const result =
    step.ask.by === "startDate"
      ? afterDay({ ...step, server }, answer, today)
      : afterDays({ ...step, server }, answer, today);
  return { ...result, notices: [...notices, ...(result.notices ?? [])] };
}

function afterDay(step: Step, answer: Shown, today: number): Result {
  const { round, server, ask } = step;
  switch (startDateEffect(ask, answer, server, today)) {
    case "honoured":
      return dayCovered({ ...step, server: { ...server, startDate: "honoured" } }, answer, today);
    case "ignored":
      return {
        ...withoutStartDate(round, { ...server, startDate: "ignored" }),
        notices: ["the server ignores startDate: older days are read with numDays"],
      };
    case "elsewhere":
      if (server.startDate === "honoured")
        return dayRefused(step, "the server does not reach back to this day", today);
      return withoutStartDate(round, server);
    case "unproven":
      return withoutStartDate(round, server);
  }
}

function dayCovered(step: Step, answer: Shown, today: number): Result {
  const { round, server, ask, options } = step;
  const day = ask.from;
  const covered = { from: day, through: day };
  if (round.proof === day) {
    const { proof: _, tried: __, ...rest } = round;
    return { round: rest, server, covered };
  }
  if (round.missed.includes(day)) {
    const missed = round.missed.filter((other) => other !== day);
    const found = answer.total > 0 || round.found === true;
    // Multi-tenant Cloud may keep only the last days: empty days before the first that has entries are in doubt.
    const doubtful = options.multiTenant && !found && today - day > 7;
    const gaps = doubtful
      ? [{ day, reason: "came back empty; Multi-tenant Cloud may no longer hold it" }]
      : [];
    return { round: { ...round, missed, ...(found && { found }) }, server, covered, gaps };
  }
  if (round.steady === day) return { round: beyondSteady(step, today), server, covered };
  return { round: { ...round, sweeps: round.sweeps.filter((other) => other !== day) }, server, covered };
}

/** The steady window's next day, up to today. */
function beyondSteady({ round: { steady: _, ...rest }, ask, at, endedAt }: Step, today: number): Round {
  const steadyAt = rest.steadyAt ?? at;
  return ask.from < today
    ? { ...rest, steady: ask.from + 1, steadyAt }
    : { ...rest, steadyAt, steadyEnd: endedAt };
}

function afterDays({ round, server: before, ask, at, endedAt }: Step, answer: Shown, today: number): Result {
  const from = reachedBack(ask, answer);
  const server = from > ask.from ? { ...before, maxDays: today - from } : before;
  const { steady, ...rest } = round;
  const owed = [...round.missed, ...days(steady ?? today, today)].filter((day) => day < from);
  const reached: Round = {
    ...rest,
    missed: owed,
    sweeps: round.sweeps.filter((day) => day < from),
    steadyAt: at,
    steadyEnd: endedAt,
  };
  const covered = { from, through: ask.through };
  const notices =
    ask.by === "numDays" && answer.total > 0 && earliest(answer) > ask.from && today - ask.from > 7
      ? [
          `the server showed nothing before ${dayText(earliest(answer))} although asked from ${dayText(ask.from)}`,
        ]
      : [];
  // What is older is asked for next.
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

function refused(step: Step, refusal: SourceError, today: number): Result {
  const { round, server, ask } = step;
  const old = today - ask.from > 7;
  if (ask.by === "numDays") {
    if (!old) throw refusal;
    return { round, server: { ...server, maxDays: 7 } };
  }
  if (server.startDate === "honoured") {
    if (!old) throw refusal;
    return dayRefused(step, refusal.message, today);
  }
  return withoutStartDate(round, old ? server : { ...server, startDate: "ignored" });
}

/** `startDate` proves nothing in this round, so the days are read with `numDays`; what that has not reached already is out of reach. */
function withoutStartDate(round: Round, server: Learned): Result {
  const { proof, ...rest } = round;
  if (proof === undefined) return { round: { ...rest, tried: true }, server };
  const reason = "the server does not answer for single older days";
  return {
    round: { ...rest, tried: true, missed: [] },
    server,
    gaps: round.missed.map((day) => ({ day, reason })),
  };
}

function dayRefused(step: Step, reason: string, today: number): Result {
  const { round, server, ask } = step;
  const day = ask.from;
  // A round that rested for days has its steady window where the server may no longer reach.
  if (round.steady === day) return { round: beyondSteady(step, today), server, gaps: [{ day, reason }] };
  const without = (list: readonly number[]) => list.filter((other) => other !== day);
  // A sweep's day has been read before.
  const gaps = round.missed.includes(day) ? [{ day, reason }] : [];
  return { round: { ...round, missed: without(round.missed), sweeps: without(round.sweeps) }, server, gaps };
}

function earliest(answer: Shown): number {
  let first = Number.POSITIVE_INFINITY;
  for (const day of answer.perDay.keys()) first = Math.min(first, day);
  return first === Number.POSITIVE_INFINITY ? 0 : first;
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
