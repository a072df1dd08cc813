import type { SourceError } from "../../source.ts";
import { learn } from "./learned.ts";
import { justBegun } from "./shown.ts";
import { dayRefused, type Result, type Step, withoutStartDate } from "./step.ts";

/**
 * After a request that the server rejects as it is: another form of it, or a day that it does not give.
 * Throws the refusal when neither is left.
 */
export function afterRefusal(step: Step, refusal: SourceError, today: number): Result {
  const { round, server, request } = step;
  const old = today - request.from > 7;
  if (request.by === "numDays") {
    if (!old) throw refusal;
    return { round, server: learn(server, { maxDays: 7 }, step.at) };
  }
  if (server.startDate === "honoured") {
    if (!old) throw refusal;
    return dayRefused(step, refusal.message, today);
  }
  const unknown = old || justBegun(request.from, step.at);
  return withoutStartDate(round, unknown ? server : learn(server, { startDate: "ignored" }, step.at));
}
