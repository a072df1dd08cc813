import { dayMs } from "../../../time/clock.ts";
import type { SlotCounts } from "../../wandb-log/spread.ts";
import type { Learned, Progress } from "../round/progress.ts";
import { dayStart, firstSteady } from "../round/schedule.ts";
import type { Result, Step } from "../round/step.ts";
import { hourMs, lateBy, withLateness } from "./lateness.ts";
import type { Newest } from "./newest.ts";
import { slotOf, withShown } from "./slots.ts";
import { trialSpan } from "./trial.ts";

/** A trial begins the next poll. It is not waited for longer than that one can be late, milliseconds. */
const trialMs = 60_000;

/**
 * What a step of the whole plan leaves for reads of the newest hours alone. `done`: nothing of the round is
 * left to be read.
 */
export function afterWindow(step: Step, result: Result, done: boolean): Pick<Progress, "newest" | "slots"> {
  const { round: before, outcome, at, options } = step;
  const { round, server } = result;
  const ended = before.steady !== undefined && round.steady === undefined;
  const spans = !("refused" in outcome) && outcome.range !== undefined && server.answers === "envelope";
  const able = spans && server.startDate === "honoured" && !options.multiTenant;
  // Counted by another server, or by another form of this one.
  if (ended && !able) return {};
  const { newest, slots } = counted(step, result, ended);
  if (newest === undefined) return slots === undefined ? {} : { slots };
  const { trial: _, ...rest } = newest;
  const trial = done && slots && isTrialDue(server, at) ? trialSpan(slots, at) : undefined;
  const until = step.endedAt - (server.skewMs ?? 0) + options.intervalMs * 1.5 + trialMs;
  return {
    newest: { ...rest, ...(trial !== undefined && { trial: { ...trial, until } }) },
    ...(slots !== undefined && { slots }),
  };
}

/** With what the answer shows of a day, as far as the steady window reaches. */
function counted(
  step: Step,
  result: Result,
  ended: boolean,
): { readonly newest: Newest | undefined; readonly slots: SlotCounts | undefined } {
  const { progress, request, outcome, at, options } = step;
  const newest = ended ? readWhole(step, result) : progress.newest;
  const shown = request.by !== "startDate" || "refused" in outcome ? undefined : outcome.slots;
  const reach = { from: dayStart(firstSteady(progress.start, at, options)), to: at };
  const { covered } = result;
  if (shown === undefined || covered === undefined || dayStart(covered.through + 1) <= reach.from)
    return { newest, slots: progress.slots };
  const late = newest && withLateness(newest.late, lateOf(progress, shown, at), at);
  return {
    newest: newest && { ...newest, late: late ?? {} },
    slots: withShown(progress.slots, shown, reach),
  };
}

/** How late the latest of what an answer shows came, as far as its time had been shown before. */
export function lateOf({ newest, slots }: Progress, shown: SlotCounts, now: number): number {
  if (newest === undefined || slots === undefined) return 0;
  const { last, whole } = newest;
  const countedAt = (slot: number) => (slot >= slotOf(last.from) ? last.at : whole.at);
  return lateBy(slots, shown, countedAt, now);
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
