import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replayRoutes } from "../../src/admin/replays.ts";
import type { Replayable, ReplayPlan } from "../../src/spool/replay.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import type { Store } from "../../src/spool/store.ts";
import { dayMs, drain, keep, move, record, today } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
  place.state.clock.advance(5 * dayMs);
});
afterEach(() => place.remove());

const run = (...args: string[]) => place.run("replay", ...args);
const output = ["--output", "siem"];
const from = ["--from", "2026-08-01"];
/** Of a source that is configured no more. */
const goneOfGone = { source: "gone", first: today, end: today + 3 };

/** A daemon with this state, which sends what it is asked for at once; so many are `refused`. */
async function daemon(refused = 0, available?: Replayable): Promise<{ store: Store; planned: ReplayPlan[] }> {
  const store = place.state.open();
  keep(store, "prod", [record("a"), record("b", { day: today + 1 })]);
  drain(store, "siem");
  const planned: ReplayPlan[] = [];
  const { views, actions } = replayRoutes(spoolOfStore(store), {
    plan(plan) {
      planned.push(plan);
      const begun = store.replays.plan(plan);
      const step = { id: begun.id, part: "run" as const, nextSeq: 99, sent: 2 - refused, refused };
      store.settle("siem", { ...move(store.standing("siem").position, []), replay: step });
      return begun;
    },
    cancel: store.replays.cancel,
    available: available === undefined ? store.replays.available : () => available,
  });
  await place.serve({ routes: views, actions });
  return { store, planned };
}

describe("replay beside a daemon", () => {
  it("has it send what was asked for, and says what came of it", async () => {
    const { planned } = await daemon();
    const to = ["--to", "2026-08-02T12:00:00Z", "--actions", "user:*, run:*", "--rate", "7"];
    const done = await run(...output, ...from, ...to, "--users", "ann@example.com", "--uids", "a".repeat(32));
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining("done: 2 events sent again") });
    const lists = { actions: ["user:*", "run:*"], users: ["ann@example.com"], uids: ["a".repeat(32)] };
    const filter = { from: today * dayMs, to: (today + 1.5) * dayMs, ...lists };
    expect(planned).toEqual([{ output: "siem", filter, perSecond: 7 }]);
    expect((await run("--list")).out).toContain("done: 2 events sent again");
    expect(JSON.parse((await run("--list", "--json")).out)).toMatchObject({ state: "done", uids: 1 });
  });

  it("ends with 1 where something was refused", async () => {
    await daemon(1);
    expect(await run(...output, ...from)).toMatchObject({
      code: 1,
      out: expect.stringContaining("1 event refused"),
    });
  });

  it("ends with 1 where a uid that was named was not found", async () => {
    await daemon();
    const wanted = ["a", "b", "c"].map((digit) => digit.repeat(32)).join(",");
    expect(await run(...output, ...from, "--uids", wanted)).toMatchObject({
      code: 1,
      out: expect.stringContaining("2 events sent again; 1 of 3 uids not found there"),
    });
  });

  it("asks before it sends less than was wanted, because some were removed", async () => {
    const { planned } = await daemon(0, {
      records: 5,
      gone: 1234,
      goneDays: 3,
      goneOf: [{ ...goneOfGone, records: 1234 }],
    });
    expect(await run(...output, ...from)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/does not have 1,234 records any more.*keep_delivered.*--source.*--yes/s),
    });
    expect(planned).toEqual([]);
    expect((await run(...output, ...from, "--yes")).code).toBe(0);
  });

  it("has nothing to do where the spool has none of it", async () => {
    await daemon();
    const nothing = await run(...output, "--from", "2026-07-01", "--to", "2026-07-02");
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining("no records of those days") });
  });

  it("refuses another one while one is under way, and goes on with the same", async () => {
    const { store, planned } = await daemon();
    const filter = { from: today * dayMs, to: (today + 2) * dayMs };
    store.replays.plan({ output: "siem", filter, perSecond: 1 });
    const other = await run(...output, ...from, "--users", "ann");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("--cancel") });
    expect(planned).toEqual([]);
    expect((await run(...output, ...from)).code).toBe(0);
    expect(planned).toMatchObject([{ filter }]);
  });

  it("cancels the one that is under way", async () => {
    const { store } = await daemon();
    expect((await run(...output, "--cancel")).code).toBe(1);
    store.replays.plan({ output: "siem", filter: { from: 0, to: 1 }, perSecond: 1 });
    expect(await run(...output, "--cancel")).toMatchObject({
      code: 0,
      out: expect.stringContaining("cancelled"),
    });
  });
});

it.each([
  [["--output", "nope", ...from], "no output nope in the configuration, which has: siem"],
  [[...output, ...from, "--to", "2026-07-01"], "--to must be later"],
  [[...output, ...from, "--uids", "no-such-file"], "neither a list of uids nor a file"],
  [
    [
      ...output,
      ...from,
      "--uids",
      Array.from({ length: 10_001 }, (_, n) => `${n}`.padStart(32, "0")).join(","),
    ],
    "10000 at most",
  ],
])("refuses %#", async (args, why) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
});

it("says that nothing was ever delivered where there is no state", async () => {
  expect(await run(...output, ...from)).toMatchObject({
    code: 1,
    err: expect.stringContaining("has not run yet"),
  });
});
