import { learn } from "./learned.ts";
import { type Shown, startDateEffect } from "./shown.ts";
import { beyondSteady, dayRefused, type Result, type Step, withoutStartDate } from "./step.ts";

/** After an answer to `startDate`: the day is covered if it was this day that the server showed. */
export function afterDay(step: Step, answer: Shown, today: number): Result {
  const { round, server, request, at } = step;
  const { ignoredBefore = false, ...others } = server;
  const honoured = learn(others, { startDate: "honoured" }, at);
  switch (startDateEffect(request, answer, server, step.at)) {
    case "honoured":
      return dayCovered({ ...step, server: honoured }, answer, today);
    case "ignored":
      return {
        ...withoutStartDate(round, learn(server, { startDate: "ignored" }, at)),
        notices: ignoredBefore ? [] : ["the server ignores startDate: older days are read with numDays"],
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
  const { round, server, request } = step;
  const day = request.from;
  const covered = { from: day, through: day };
  if (round.proof === day) {
    const { proof: _, tried: __, ...rest } = round;
    return { round: rest, server, covered };
  }
  if (round.missed.includes(day)) return missedCovered(step, answer, today);
  return { round: round.steady === day ? beyondSteady(step, today) : round, server, covered };
}

function missedCovered({ round, server, request, options }: Step, answer: Shown, today: number): Result {
  const day = request.from;
  const missed = round.missed.filter((other) => other !== day);
  const found = answer.total > 0 || round.found === true;
  // Multi-tenant Cloud may keep only the last days: empty days before the first that has entries are in
  // doubt.
  const doubtful = options.multiTenant && !found && today - day > 7;
  if (doubtful && round.again !== day) return { round: { ...round, again: day }, server };
  const gaps = doubtful ? [{ day, reason: "came back empty; Multi-tenant Cloud may no longer hold it" }] : [];
  return {
    round: { ...round, missed, ...(found && { found }) },
    server,
    covered: { from: day, through: day },
    gaps,
  };
}
