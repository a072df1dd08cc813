import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backfillRoutes } from "../../src/admin/backfills.ts";
import { replayRoutes } from "../../src/admin/replays.ts";
import type { ReplayPlan } from "../../src/spool/replay.ts";
import { spoolOfStore } from "../../src/spool/spool-of-store.ts";
import type { Store } from "../../src/spool/store.ts";
import { counted, move, today } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
  place.state.clock.advance(40 * 86_400_000);
});
afterEach(() => place.remove());

const run = (...args: string[]) => place.run("backfill", ...args);
const source = ["--source", "prod"];

/** A daemon with this state, which reads what it is asked for at once; `gaps` days of it are gaps. */
async function daemon(gaps = 0): Promise<{ store: Store; planned: unknown[] }> {
  const store = place.state.open({ sources: ["prod"] });
  const planned: unknown[] = [];
  const { views, actions } = backfillRoutes(spoolOfStore(store), {
    plan(plan) {
      planned.push(plan);
      const begun = store.planBackfill(plan);
      const progress = store.backfill("prod") ?? expect.unreachable();
      const read = { ...progress, next: plan.end, fetched: 9, fresh: 4, gaps, state: "done" as const };
      store.finishStep({ progress: read }, counted(), 1);
      return begun;
    },
    cancel: (name) => store.cancelBackfill(name),
  });
  await place.serve({ routes: views, actions });
  return { store, planned };
}

describe("backfill beside a daemon", () => {
  it("has it read the days, and says what came of them", async () => {
    const { planned } = await daemon();
    const done = await run(...source, "--from", "2026-08-01", "--to", "2026-08-11", "--rate", "7");
    expect(planned).toEqual([{ source: "prod", first: today, end: today + 10, perSecond: 7 }]);
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining("done: 9 records read, 4 new") });
    expect((await run("--list")).out).toContain("done: 9 records read");
    expect((await run("--list", "--source", "prod")).out).toContain("done: 9 records read");
    expect((await run("--list", "--source", "other")).out).toBe("no backfill was ever asked for\n");
    expect(JSON.parse((await run("--list", "--json")).out)).toMatchObject({ state: "done", days: 10 });
  });

  it("ends with 1 where days could not be read", async () => {
    await daemon(2);
    const done = await run(...source, "--from", "2026-09-01");
    expect(done).toMatchObject({ code: 1, out: expect.stringContaining("2 days could not be read") });
  });

  it("asks before more than 31 days, and before what would be sent again, unless it is told not to", async () => {
    const { planned, store } = await daemon();
    const many = ["--from", "2026-08-01", "--to", "2026-09-02"];
    expect(await run(...source, ...many)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/32 days.*--yes/s),
    });
    expect(planned).toEqual([]);
    expect((await run(...source, ...many, "--yes")).code).toBe(0);
    expect((await run(...source, "--from", "2026-08-01", "--to", "2026-09-01")).code).toBe(0);
    store.forgotten = () => ({ days: 3, records: 1_234 });
    const again = await run(...source, "--from", "2026-08-01", "--to", "2026-08-09");
    expect(again).toMatchObject({
      code: 2,
      err: expect.stringMatching(/3 days.*1,234 records would be sent again/),
    });
    expect(planned).toHaveLength(2);
  });

  it("refuses another one while one is under way, and goes on with the same", async () => {
    const { store, planned } = await daemon();
    store.planBackfill({ source: "prod", first: today, end: today + 40, perSecond: 5 });
    const other = await run(...source, "--from", "2026-09-01");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("--cancel") });
    expect((await run("--list")).out).toContain("2026-08-01 is next, 40 of 40 days left");
    // It was agreed to when it began.
    expect((await run(...source, "--from", "2026-08-01", "--to", "2026-09-10")).code).toBe(0);
    expect(planned).toHaveLength(1);
  });

  it("cancels the one that is under way", async () => {
    const { store } = await daemon();
    expect((await run(...source, "--cancel")).code).toBe(1);
    store.planBackfill({ source: "prod", first: today, end: today + 4, perSecond: 5 });
    expect(await run(...source, "--cancel")).toMatchObject({
      code: 0,
      out: expect.stringContaining("cancelled"),
    });
    expect(store.backfill("prod")?.state).toBe("cancelled");
  });
});

describe("backfill refuses", () => {
  it.each([
    [["--source", "other", "--from", "2026-08-01"], "no source other in the configuration, which has: prod"],
    [["--source", "prod", "--from", "2026-09-10"], "there is no day"],
    [["--source", "prod", "--from", "2026-09-09", "--to", "2026-09-12"], "2026-09-11 is still to come"],
  ])("%j", async (args, why) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  });

  it("a witness, of which nothing is delivered", async () => {
    const archive = `{ name: archive, type: file, path: /nowhere/else, instance: acme, role: verify }`;
    const primary = `{ name: prod, type: file, path: /nowhere, instance: acme }`;
    writeFileSync(
      place.config,
      `state_dir: ${place.state.path}\nsources: [${primary}, ${archive}]\noutputs: [{ name: siem, type: stdout }]\n`,
    );
    const refused = await run("--source", "archive", "--from", "2026-08-01");
    const why =
      "archive is a witness (role: verify), and nothing of it is delivered: backfill a primary source of acme";
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  });

  it("a source that has no days", async () => {
    writeFileSync(
      place.config,
      `state_dir: ${place.state.path}\nsources: [{ name: prod, type: file, path: "-", instance: acme }]\noutputs: [{ name: siem, type: stdout }]\n`,
    );
    const refused = await run(...source, "--from", "2026-08-01");
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("standard input is read once") });
  });
});

describe("backfill to one output", () => {
  const span = ["--from", "2026-08-01", "--to", "2026-08-03", "--output", "siem"];

  /** A daemon that has sent all that it was asked for. */
  async function sending() {
    const store = place.state.open({ sources: ["prod"] });
    const planned: ReplayPlan[] = [];
    const { views, actions } = replayRoutes(spoolOfStore(store), {
      plan(plan) {
        planned.push(plan);
        const begun = store.replays.plan(plan);
        const progress = store.backfill("prod") ?? expect.unreachable();
        store.finishStep({ progress: { ...progress, next: progress.end, state: "done" } }, counted(), 1);
        const step = { id: begun.id, part: "run" as const, nextSeq: 1, sent: 2, refused: 0 };
        store.settle("siem", { ...move(0, []), replay: step });
        return begun;
      },
      cancel: store.replays.cancel,
      available: store.replays.available,
    });
    const past = backfillRoutes(spoolOfStore(store), {
      plan: () => expect.unreachable("it is a replay"),
      cancel: (name) => store.cancelBackfill(name),
    });
    await place.serve({ routes: { ...views, ...past.views }, actions: { ...actions, ...past.actions } });
    return { store, planned };
  }

  it("has what is known sent again by a replay of those days, slower than it reads", async () => {
    const { planned } = await sending();
    const done = await run(...source, ...span);
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining("done: 2 events sent again") });
    const days = [{ source: "prod", first: today, end: today + 2, perSecond: 5_000 }];
    const filter = { from: today * 86_400_000, to: (today + 2) * 86_400_000 };
    expect(planned).toEqual([{ output: "siem", filter, perSecond: 500, days, from: "days" }]);
    expect((await run(...source, ...span, "--rate", "7")).code).toBe(0);
    expect(planned[1]).toMatchObject({ perSecond: 7, days: [{ perSecond: 7 }] });
    expect((await run("--list")).out).toContain("2026-08-01 up to, and without, 2026-08-03 done");
  });

  it("refuses an output that is not there, and a source that is being read", async () => {
    const { store, planned } = await sending();
    const other = await run(...source, ...span.with(-1, "nope"));
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("which has: siem") });
    store.planBackfill({ source: "prod", first: today, end: today + 9, perSecond: 5 });
    const busy = await run(...source, ...span);
    expect(busy).toMatchObject({ code: 1, err: expect.stringMatching(/9 of 9 days left.*--cancel/) });
    expect(planned).toEqual([]);
  });
});
