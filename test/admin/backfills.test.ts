import { afterEach, beforeEach, expect, it } from "vitest";
import { backfillRoutes, spanQuery } from "../../src/admin/backfills.ts";
import type { RouteAnswer } from "../../src/admin/routes.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import type { Store } from "../../src/spool/store.ts";
import { today } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
let store: Store;
beforeEach(() => {
  state = new SpoolDirectory();
  store = state.open({ sources: ["prod"] });
});
afterEach(() => state.remove());

const span = { source: "prod", first: today, end: today + 2 };

function asking() {
  const { views, actions } = backfillRoutes(spoolOfStore(store), {
    plan: (plan) => (plan.source === "prod" ? store.planBackfill(plan) : undefined),
    cancel: (source) => store.cancelBackfill(source),
  });
  return async (path: string, query = new URLSearchParams()): Promise<RouteAnswer & { json?: unknown }> => {
    const answer = await ({ ...views, ...actions }[path]?.(query) ?? expect.unreachable());
    return answer.type.includes("json") ? { ...answer, json: JSON.parse(answer.body) } : answer;
  };
}

it("plans, shows and cancels", async () => {
  const ask = asking();
  expect((await ask("/backfill")).json).toEqual({ backfills: [] });
  const query = spanQuery(span);
  query.set("per_second", "7");
  const planned = { source: "prod", state: "running", days_left: 2, records_per_second: 7 };
  expect((await ask("/backfill/plan", query)).json).toMatchObject({ backfill: planned });
  expect((await ask("/backfill")).json).toMatchObject({ backfills: [planned] });
  expect((await ask("/backfill/forgotten", spanQuery(span))).json).toEqual({ days: 0, records: 0 });
  const prod = new URLSearchParams({ source: "prod" });
  expect((await ask("/backfill/cancel", prod)).json).toEqual({ cancelled: true });
  expect((await ask("/backfill/cancel", prod)).json).toEqual({ cancelled: false });
});

it("refuses what is no span of days, and sources that it does not have", async () => {
  const ask = asking();
  for (const wrong of ["", "source=prod", "source=prod&first=5&end=5", "source=prod&first=-1&end=x"])
    expect((await ask("/backfill/forgotten", new URLSearchParams(wrong))).status).toBe(400);
  expect((await ask("/backfill/plan", spanQuery(span))).status).toBe(400);
  expect((await ask("/backfill/cancel")).status).toBe(400);
  const other = spanQuery({ ...span, source: "other" });
  other.set("per_second", "1");
  expect((await ask("/backfill/plan", other)).status).toBe(404);
});
