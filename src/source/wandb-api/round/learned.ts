import { dayMs, dayText } from "../../../time/clock.ts";
import { agreeingMs } from "../../../time/clock-difference.ts";
import type { Learned } from "./progress.ts";

/** What limits later requests counts for so long; then it is tried again. */
const lastsMs = dayMs;

type Fact = keyof NonNullable<Learned["seen"]>;

/**
 * What is still believed of the server at `now`. What opens more to ask for stays until an answer says
 * otherwise; what limits was shown by a few answers, perhaps in a bad moment, and has to be shown again. So
 * has what lets less be asked for.
 */
export function stillKnown(server: Learned, now: number): Learned {
  const { startDate, limit, maxDays, subDay, ...rest } = server;
  const fresh = (fact: Fact) => {
    const at = server.seen?.[fact];
    // A clock that is set back by less than clocks differ has not gone wrong.
    return at !== undefined && at <= now + agreeingMs && now - at < lastsMs;
  };
  return {
    ...rest,
    ...(startDate !== undefined && (startDate === "honoured" || fresh("startDate")) && { startDate }),
    ...(limit !== undefined && (limit === "accepted" || fresh("limit")) && { limit }),
    ...(isWindow(maxDays) && fresh("maxDays") && { maxDays }),
    ...(subDay !== undefined && fresh("subDay") && { subDay }),
    ...(startDate === "ignored" && { ignoredBefore: true as const }),
  };
}

/** With what an answer has just shown. */
export function learn(
  server: Learned,
  facts: Pick<Learned, "startDate" | "limit" | "maxDays" | "subDay">,
  now: number,
): Learned {
  const { maxDays, ...others } = facts;
  const kept = isWindow(maxDays) ? { ...others, maxDays } : others;
  const seen = Object.fromEntries(Object.keys(kept).map((fact) => [fact, now]));
  return { ...server, ...kept, seen: { ...server.seen, ...seen } };
}

/** Without what limits requests: it is about to cost days, so it has to be shown once more. */
export function withoutLimits({ startDate, maxDays: _, ...rest }: Learned): Learned {
  return startDate === "honoured" ? { ...rest, startDate } : rest;
}

/** Days back from today that a request can ask for. */
function isWindow(maxDays: number | undefined): maxDays is number {
  return Number.isInteger(maxDays) && (maxDays as number) >= 1;
}

const subDayTexts = {
  shown: "startDate and endDate within a day were honoured once: known an hour later",
  honoured: "startDate and endDate within a day are honoured",
  ignored: "startDate and endDate within a day are not honoured",
};

/** What is believed of the server, in words, each with the time of the answer that showed it. */
export function learnedTexts(server: Learned): string[] {
  const { answers, startDate, limit, maxDays, subDay, seen = {}, cut } = server;
  const since = (fact: Fact, again = false) => {
    const at = seen[fact];
    if (at === undefined) return "";
    return ` (seen ${new Date(at).toISOString().slice(0, 16)}Z${again ? ", tried again a day later" : ""})`;
  };
  return [
    ...(answers === undefined
      ? []
      : [`answers with ${answers === "ndjson" ? "NDJSON" : "the JSON envelope"}`]),
    ...(startDate === undefined
      ? []
      : [`startDate is ${startDate}${since("startDate", startDate === "ignored")}`]),
    ...(limit === undefined ? [] : [`limit is ${limit}${since("limit", limit === "refused")}`]),
    ...(maxDays === undefined ? [] : [`at most ${maxDays} days in one answer${since("maxDays", true)}`]),
    ...(subDay === undefined ? [] : [`${subDayTexts[subDay]}${since("subDay", subDay !== "shown")}`]),
    ...(cut === undefined
      ? []
      : [
          `either the log begins on ${dayText(cut.first)}, or answers are cut to seven days: known a day later`,
        ]),
  ];
}
