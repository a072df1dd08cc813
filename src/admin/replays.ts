import type { BackfillPlan } from "../spool/backfill.ts";
import type { Replay, Replayable, ReplayPlan } from "../spool/replay.ts";
import type { Spool } from "../spool/spool.ts";
import { replayStatus } from "../status/replay-status.ts";
import { queryNumber } from "./query-number.ts";
import { jsonAnswer, type RouteAnswer, type Routes } from "./routes.ts";

/** Of a moment, milliseconds, and of all that is less. */
const digits = 15;

/** Who carries out what a person asks for. */
export interface ReplayActions {
  /** A text says why not: there is no such output, or a source that cannot be read for it. */
  plan(plan: ReplayPlan): Replay | string;
  /** False: none is under way. */
  cancel(output: string): boolean;
  /** What the spool has for an output of these UTC days, days since 1970-01-01, `end` not included. */
  available(output: string, first: number, end: number): Replayable;
}

/** What is shown of replays, and what is done with them. */
export interface ReplayRoutes {
  readonly views: Routes;
  /** By path, to be asked by POST. */
  readonly actions: Routes;
}

/** Over `spool` and `doing`. */
export function replayRoutes(spool: Pick<Spool, "state">, doing: ReplayActions): ReplayRoutes {
  return {
    views: {
      "/replay": async () => {
        const { outputs } = await spool.state();
        const all = outputs.flatMap(({ replay }) => (replay === undefined ? [] : [replayStatus(replay)]));
        return jsonAnswer(200, { replays: all });
      },
      "/replay/available": (query) => {
        const output = query.get("output");
        const [first, end] = [queryNumber(query.get("first"), digits), queryNumber(query.get("end"), digits)];
        if (output === null || first === undefined || end === undefined) return unknownQuery;
        return jsonAnswer(200, doing.available(output, first, end));
      },
    },
    actions: {
      "/replay/plan": (query) => {
        const plan = replayPlanOf(query);
        if (plan === undefined) return unknownQuery;
        const planned = doing.plan(plan);
        if (typeof planned === "string") return { status: 404, type: plain, body: `${planned}\n` };
        return jsonAnswer(200, { replay: replayStatus(planned) });
      },
      "/replay/cancel": (query) => {
        const output = query.get("output");
        return output === null ? unknownQuery : jsonAnswer(200, { cancelled: doing.cancel(output) });
      },
    },
  };
}

/** The query that asks for this. */
export function replayQuery({
  output,
  filter,
  perSecond,
  days = [],
  from: begins,
}: ReplayPlan): URLSearchParams {
  const { from, to, ...lists } = filter;
  const query = new URLSearchParams({ output, from: `${from}`, to: `${to}`, per_second: `${perSecond}` });
  if (begins !== undefined) query.set("begins_with", begins);
  for (const { source, first, end, perSecond: pace } of days)
    query.append("days", [first, end, pace, source].join(" "));
  for (const [name, texts] of Object.entries(lists)) for (const text of texts) query.append(name, text);
  return query;
}

function replayPlanOf(query: URLSearchParams): ReplayPlan | undefined {
  const output = query.get("output");
  const perSecond = queryNumber(query.get("per_second"), digits);
  const [from, to] = [queryNumber(query.get("from"), digits), queryNumber(query.get("to"), digits)];
  if (output === null || from === undefined || to === undefined || from >= to) return undefined;
  if (perSecond === undefined || perSecond < 1) return undefined;
  const listed = (["actions", "users", "uids"] as const).flatMap((name) => {
    const texts = query.getAll(name);
    return texts.length === 0 ? [] : [[name, texts] as const];
  });
  const days = query.getAll("days").map(daysOf);
  if (!days.every((each) => each !== undefined)) return undefined;
  return {
    ...{ output, perSecond, filter: { from, to, ...Object.fromEntries(listed) } },
    ...(days.length > 0 && { days }),
    ...(query.get("begins_with") === "days" && { from: "days" as const }),
  };
}

/** `20300 20310 5000 prod`: from, up to and without, records a second, the source. */
function daysOf(text: string): BackfillPlan | undefined {
  const [from = "", to = "", pace = "", ...name] = text.split(" ");
  const [first, end] = [queryNumber(from, digits), queryNumber(to, digits)];
  const perSecond = queryNumber(pace, digits);
  if (first === undefined || end === undefined || first >= end) return undefined;
  if (perSecond === undefined || perSecond < 1 || name.length === 0) return undefined;
  return { source: name.join(" "), first, end, perSecond };
}

const plain = "text/plain; charset=utf-8";
const unknownQuery: RouteAnswer = {
  status: 400,
  type: plain,
  body: "the query takes output; first and end (days since 1970-01-01) to look; from and to (milliseconds, from before to), per_second, actions, users, uids, days and begins_with to plan\n",
};
