import { afterEach, beforeEach, expect, it } from "vitest";
import { replayQuery, replayRoutes } from "../../src/admin/replays.ts";
import type { RouteAnswer } from "../../src/admin/routes.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import type { Store } from "../../src/spool/store.ts";
import { dayMs, drain, keep, record, today } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
let store: Store;
beforeEach(() => {
  state = new SpoolDirectory();
  store = state.open();
  keep(store, "prod", [record("a")]);
  drain(store, "siem");
});
afterEach(() => state.remove());

const filter = {
  ...{ from: today * dayMs, to: (today + 1) * dayMs },
  ...{ actions: ["user:*", "a,b&c=d"], users: ["ann@example.com"], uids: ["1", "2"] },
};
const plan = { output: "siem", filter, perSecond: 7 };

async function ask(path: string, query = new URLSearchParams()): Promise<RouteAnswer & { json?: unknown }> {
  const { replays } = store;
  const { views, actions } = replayRoutes(spoolOfStore(store), {
    plan: (each) => (each.output === "siem" ? replays.plan(each) : "the daemon has no such output"),
    cancel: replays.cancel,
    available: replays.available,
  });
  const answer = await ({ ...views, ...actions }[path]?.(query) ?? expect.unreachable());
  return answer.type.includes("json") ? { ...answer, json: JSON.parse(answer.body) } : answer;
}

it("plans what was asked for, shows and cancels it", async () => {
  expect((await ask("/replay")).json).toEqual({ replays: [] });
  const planned = {
    output: "siem",
    state: "running",
    records_left: 1,
    events_per_second: 7,
    users: 1,
    uids: 2,
  };
  expect((await ask("/replay/plan", replayQuery(plan))).json).toMatchObject({ replay: planned });
  expect(store.replays.of("siem")).toMatchObject(plan);
  expect((await ask("/replay")).json).toMatchObject({ replays: [planned] });
  const days = new URLSearchParams({ output: "siem", first: `${today}`, end: `${today + 1}` });
  expect((await ask("/replay/available", days)).json).toMatchObject({ records: 1, gone: 0, goneDays: 0 });
  const siem = new URLSearchParams({ output: "siem" });
  expect((await ask("/replay/cancel", siem)).json).toEqual({ cancelled: true });
  expect((await ask("/replay/cancel", siem)).json).toEqual({ cancelled: false });
});

it("refuses what it cannot make sense of, and outputs that it does not have", async () => {
  for (const wrong of ["", "output=siem&from=5&to=5&per_second=1", "output=siem&from=1&to=5&per_second=0"])
    expect((await ask("/replay/plan", new URLSearchParams(wrong))).status).toBe(400);
  expect((await ask("/replay/available", new URLSearchParams("output=siem&first=x"))).status).toBe(400);
  expect((await ask("/replay/cancel")).status).toBe(400);
  expect((await ask("/replay/plan", replayQuery({ ...plan, output: "other" }))).status).toBe(404);
});

it("takes days of sources along, whatever these are called", async () => {
  const days = [{ source: "w & b: prod", first: today, end: today + 2, perSecond: 50 }];
  const planned: unknown[] = [];
  const { replays } = store;
  const { actions } = replayRoutes(spoolOfStore(store), {
    ...replays,
    plan(each) {
      planned.push(each);
      return replays.plan(each);
    },
  });
  const query = replayQuery({ ...plan, days, from: "days" });
  await actions["/replay/plan"]?.(query);
  expect(planned).toEqual([{ ...plan, days, from: "days" }]);
  for (const wrong of ["5 5 1 prod", "5 6 0 prod", "5 6 1", "x"]) {
    query.set("days", wrong);
    expect((await actions["/replay/plan"]?.(query))?.status).toBe(400);
  }
});
