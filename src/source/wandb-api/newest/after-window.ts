import { dayMs } from "../../../time/clock.ts";
import type { SlotCounts } from "../../wandb-log/spread.ts";
import type { Learned, Progress } from "../round/progress.ts";
import { dayStart, firstSteady } from "../round/schedule.ts";
import type { Result, Step } from "../round/step.ts";
import { hourMs, lateBy, withLateness } from "./lateness.ts";
import type { Newest } from "./newest.ts";
import { slotOf, withShown } from "./slots.ts";
import { trialSpan } from "./trial.ts";

/** So long after a read of everything its counts are fresh enough to try the server by, milliseconds. */
const trialMs = 60_000;

/**
 * What a step of the whole plan leaves for reads of the newest hours alone. `done`: nothing of the round is
 * left to be read.
 */
export function afterWindow(step: Step, result: Result, done: boolean): Pick<Progress, "newest" | "slots"> {
  const { progress, round: before, request, outcome, at, options } = step;
  const { round, server, covered } = result;
  const ended = before.steady !== undefined && round.steady === undefined;
  const spans = !("refused" in outcome) && outcome.range !== undefined && server.answers === "envelope";
  const able = spans && server.startDate === "honoured" && !options.multiTenant;
  // Counted by another server, or by another form of this one.
  if (ended && !able) return {};
  const shown = request.by !== "startDate" || "refused" in outcome ? undefined : outcome.slots;
  if (shown === undefined || covered === undefined) return kept(progress);
  const reach = { from: dayStart(firstSteady(progress.start, at, options)), to: at };
  if (dayStart(covered.through + 1) <= reach.from) return kept(progress);
  const slots = withShown(progress.slots, shown, reach);
  const newest = ended ? readWhole(step, result) : progress.newest;
  if (newest === undefined) return { slots };
  const late = withLateness(newest.late, lateOf(progress, shown, at), at);
  const { trial: _, ...rest } = newest;
  const trial = done && isTrialDue(server, at) ? trialSpan(slots, at) : undefined;
  const until = step.endedAt - (server.skewMs ?? 0) + trialMs;
  return { slots, newest: { ...rest, late, ...(trial !== undefined && { trial: { ...trial, until } }) } };
}

/** How late the latest of what an answer shows came, as far as other answers have shown the same time before. */
export function lateOf({ newest, slots }: Progress, shown: SlotCounts, now: number): number {
  if (newest === undefined || slots === undefined) return 0;
  const { last, whole } = newest;
  const countedAt = (slot: number) => (slot >= slotOf(last.from) ? last.at : whole.at);
  return lateBy(slots, shown, countedAt, now);
}

function kept({ newest, slots }: Progress): Pick<Progress, "newest" | "slots"> {
  return { ...(newest !== undefined && { newest }), ...(slots !== undefined && { slots }) };
}

/** The steady window has been read to its end. */
function readWhole({ progress, at, options }: Step, { round, server }: Result): Newest {
  const { skewMs = 0 } = server;
  const began = round.steadyAt ?? at;
  const whole = { at: began, sentAt: began - skewMs };
  const from = dayStart(firstSteady(progress.start, at, options));
  return { whole, skewMs, last: { ...whole, from }, reads: 0, late: progress.newest?.late ?? {} };
}

/** One answer is no proof, and what failed is tried again: an hour later each. */
function isTrialDue({ subDay, seen }: Learned, now: number): boolean {
  if (subDay === "honoured" || subDay === "ignored") return false;
  return seen?.subDay === undefined || now - seen.subDay >= hourMs || now < seen.subDay - dayMs;
}
