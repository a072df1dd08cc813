import { dayMs, dayText } from "../../clock.ts";
import type { Gap, ReadDone, SourceError, Window } from "../source.ts";
import { judgeStartDate, reachedBack, type Shown } from "./judge.ts";
import {
  type Ask,
  dayStart,
  days,
  nextAsk,
  type PlanOptions,
  sweepDistances,
  usesStartDate,
} from "./plan.ts";
import { cursorOf, type Learned, type Progress, type Round } from "./progress.ts";

/** One step of a round: what was known, asked and shown. */
export interface Step {
  readonly progress: Progress;
  readonly round: Round;
  readonly ask: Ask;
  /** `refused`: the server rejects the request as it is. */
  readonly outcome: Shown | { readonly refused: SourceError };
  /** What was learned on the way to the answer. */
  readonly server: Learned;
  /** Server time when the request was sent. */
  readonly at: number;
  readonly notices: readonly string[];
  readonly options: PlanOptions;
}

interface Result {
  readonly round: Round;
  readonly server: Learned;
  readonly covered?: { readonly from: number; readonly through: number };
  readonly gaps?: readonly Gap[];
  readonly notices?: readonly string[];
}

/** The end of a clean read: what is known now, and what comes next. Throws the refusal when nothing else is left to try. */
export function conclude(step: Step): ReadDone {
  const { progress, at, options } = step;
  const today = Math.floor(at / dayMs);
  const result =
    "refused" in step.outcome ? refused(step, step.outcome.refused, today) : shown(step, step.outcome, today);
  const { round, server, covered } = result;
  const complete = round.steady === undefined && round.missed.length === 0 && round.proof === undefined;
  const watermark = complete ? round.steadyAt : undefined;
  const finished = nextAsk(round, server, at, options) === undefined;
  const reached = watermark ?? progress.watermark;
  const next: Progress = {
    start: progress.start,
    ...(reached !== undefined && { watermark: reached }),
    ...(!finished && { round }),
    swept: finished ? sweepDistances.map((distance) => step.round.planned - distance) : progress.swept,
    counts: countsOf(progress, step.outcome, covered, today),
    server,
  };
  return {
    next: cursorOf(next),
    caughtUp: finished,
    covered: windowOf(covered, progress.start, at),
    ...(watermark !== undefined && { watermark }),
    gaps: result.gaps ?? [],
    notices: [...step.notices, ...(result.notices ?? [])],
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
  switch (judgeStartDate(ask, answer, server, today)) {
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

function dayCovered({ round, server, ask, at, options }: Step, answer: Shown, today: number): Result {
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
  if (round.steady === day) return { round: beyondSteady(round, day, at, today), server, covered };
  return { round: { ...round, sweeps: round.sweeps.filter((other) => other !== day) }, server, covered };
}

/** The steady window's next day, up to today. */
function beyondSteady({ steady: _, ...rest }: Round, day: number, at: number, today: number): Round {
  const steadyAt = rest.steadyAt ?? at;
  return day < today ? { ...rest, steady: day + 1, steadyAt } : { ...rest, steadyAt };
}

function afterDays({ round, server: before, ask, at }: Step, answer: Shown, today: number): Result {
  const from = reachedBack(ask, answer);
  const server = from > ask.from ? { ...before, maxDays: today - from } : before;
  const { steady = today, ...rest } = round;
  const unreached = [...round.missed, ...days(steady, today)].filter((day) => day < from);
  // Without startDate, sweeps reach no further back than this request.
  const sweeps = usesStartDate(round, server) ? round.sweeps.filter((day) => day < ask.from) : [];
  const reached: Round = { ...rest, missed: [], sweeps, steadyAt: at };
  const covered = { from, through: ask.through };
  const proof = provable(answer, from, today);
  if (unreached.length > 0 && server.startDate === undefined && proof !== undefined)
    return { round: { ...reached, missed: unreached, proof }, server, covered };
  const reason = `the server gives at most ${today - from} days back and does not answer for single older days`;
  const notices =
    ask.by === "numDays" && answer.total > 0 && earliest(answer) > ask.from && today - ask.from > 7
      ? [
          `the server showed nothing before ${dayText(earliest(answer))} although asked from ${dayText(ask.from)}`,
        ]
      : [];
  return { round: reached, server, covered, gaps: unreached.map((day) => ({ day, reason })), notices };
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

function dayRefused({ round, server, ask, at }: Step, reason: string, today: number): Result {
  const day = ask.from;
  // A round that rested for days has its steady window where the server may no longer reach.
  if (round.steady === day)
    return { round: beyondSteady(round, day, at, today), server, gaps: [{ day, reason }] };
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
