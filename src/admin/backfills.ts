import type { Backfill, BackfillPlan, BackfillSpan } from "../spool/backfill.ts";
import type { Spool } from "../spool/spool.ts";
import { backfillStatus } from "../status/backfill-status.ts";
import { queryNumber } from "./query-number.ts";
import { jsonAnswer, type Route, type RouteAnswer, type Routes } from "./routes.ts";

/** Of a day, and of a pace. */
const digits = 9;

/** Who carries out what a person asks for. */
export interface BackfillActions {
  /** Undefined: there is no such source, or it cannot be asked for days. */
  plan(plan: BackfillPlan): Backfill | undefined;
  /** False: none is under way. */
  cancel(source: string): boolean;
}

/** What is shown of backfills, and what is done with them. */
export interface BackfillRoutes {
  readonly views: Routes;
  /** By path, to be asked by POST. */
  readonly actions: Routes;
}

/** Over `spool` and `doing`. */
export function backfillRoutes(
  spool: Pick<Spool, "state" | "forgotten">,
  doing: BackfillActions,
): BackfillRoutes {
  const list: Route = async () => {
    const { sources } = await spool.state();
    const all = sources.flatMap(({ backfill }) => (backfill === undefined ? [] : [backfillStatus(backfill)]));
    return jsonAnswer(200, { backfills: all });
  };
  return {
    views: {
      "/backfill": list,
      "/backfill/forgotten": async (query) => {
        const span = spanOf(query);
        return span === undefined ? unknownQuery : jsonAnswer(200, await spool.forgotten(span));
      },
    },
    actions: {
      "/backfill/plan": (query) => {
        const span = spanOf(query);
        const perSecond = queryNumber(query.get("per_second"), digits);
        if (span === undefined || perSecond === undefined || perSecond < 1) return unknownQuery;
        const planned = doing.plan({ ...span, perSecond });
        return planned === undefined ? noSource : jsonAnswer(200, { backfill: backfillStatus(planned) });
      },
      "/backfill/cancel": (query) => {
        const source = query.get("source");
        return source === null ? unknownQuery : jsonAnswer(200, { cancelled: doing.cancel(source) });
      },
    },
  };
}

/** The query that asks for these days. */
export function spanQuery({ source, first, end }: BackfillSpan): URLSearchParams {
  return new URLSearchParams({ source, first: String(first), end: String(end) });
}

/** Days since 1970-01-01; undefined where that is no span of them. */
function spanOf(query: URLSearchParams): BackfillSpan | undefined {
  const source = query.get("source");
  const [first, end] = [queryNumber(query.get("first"), digits), queryNumber(query.get("end"), digits)];
  if (source === null || first === undefined || end === undefined || first >= end) return undefined;
  return { source, first, end };
}

const plain = "text/plain; charset=utf-8";
const unknownQuery: RouteAnswer = {
  status: 400,
  type: plain,
  body: "the query takes source, first and end (days since 1970-01-01, first before end), and per_second to plan\n",
};
const noSource: RouteAnswer = {
  status: 404,
  type: plain,
  body: "the daemon has no such source, or one that is a witness or cannot be asked for single days\n",
};
