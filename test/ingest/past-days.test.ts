import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intake } from "../../src/ingest/intake.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { PastDays } from "../../src/ingest/past-days.ts";
import { WindowReader } from "../../src/ingest/window-reader.ts";
import type { Report } from "../../src/report/report.ts";
import type { WandbBehaviour } from "../../src/simulate/wandb-behaviour.ts";
import type { Store } from "../../src/spool/store.ts";
import { dayMs, dayText } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { all, drain, move } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { begin, line, today } from "../source/wandb-api/reading.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const never = new AbortController().signal;
const past = [today - 20, today - 19, today - 18];
/** Two twins and another one on each day. */
const linesOf = (day: number) => [line(day, 5), line(day, 5), line(day, 70_000)];
const plan = { source: "prod", first: today - 20, end: today - 17, perSecond: 1_000_000 };

/** A stand-in server, a state that has read it from its start on, and what reads its past. */
async function scene(behaviour: Partial<WandbBehaviour> = {}, maxBytes = 1e9) {
  const { source, server, clock } = await begin(behaviour, [...past.flatMap(linesOf), line(today, 1)]);
  const reports: Report[] = [];
  const open = (name = "prod") => {
    const made = source({ name });
    const { origin } = made;
    const store = state.open({ clock, sources: [name], origins: new Map([[name, origin]]), maxBytes });
    const known = ledger({ load: (day) => store.known(origin.instance, day) });
    const own = () => intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    const tell = (report: Report) => void reports.push(report);
    const common = {
      source: made,
      store,
      clock,
      random: () => 0.5,
      tell,
      kept: new Wakeup(clock),
      ledger: known,
    };
    const window = new WindowReader({ ...common, intake: own() });
    return { store, days: new PastDays({ ...common, intake: own() }), poll: () => window.read(never) };
  };
  const first = open();
  while (!(await first.poll()).caughtUp);
  return { ...first, open, server, clock, reports };
}

async function readAll({ days }: { days: PastDays }, steps = 50): Promise<void> {
  for (let at = 0; days.waiting && at < steps; at++) await days.step(never);
}

const kept = (store: Store) =>
  store
    .read(0, all)
    .map(({ bytes, late }) => `${late ? "late " : ""}${Buffer.from(bytes)}`)
    .sort();
const stateOf = (store: Store) => store.backfill("prod") ?? expect.unreachable();

describe("days of the past", () => {
  it("are read oldest first, new records marked late, under uids that no second read brings again", async () => {
    const here = await scene();
    here.store.planBackfill(plan);
    await readAll(here);
    const wanted = [...past.flatMap(linesOf).map((text) => `late ${text}`), line(today, 1)].sort();
    expect(kept(here.store)).toEqual(wanted);
    expect(stateOf(here.store)).toMatchObject({ state: "done", fetched: 9, fresh: 9, gaps: 0 });
    const days = here.reports.flatMap((report) => (report.type === "backfill_day" ? [report.day] : []));
    expect(days).toEqual(past.map(dayText));
    here.store.planBackfill(plan);
    await readAll(here);
    expect(kept(here.store)).toEqual(wanted);
    expect(stateOf(here.store)).toMatchObject({ state: "done", fetched: 9, fresh: 0 });
    expect(here.store.books().every(({ fetched, known, new: fresh }) => fetched - known === fresh)).toBe(
      true,
    );
  });

  it("go on after a restart where they were, and move no cursor", async () => {
    const here = await scene();
    const { cursor } = here.store.sources()[0] ?? {};
    here.store.planBackfill(plan);
    await here.days.step(never);
    const again = here.open();
    expect(stateOf(again.store)).toMatchObject({ next: today - 19, fetched: 3, state: "running" });
    await readAll(again);
    expect(kept(again.store)).toHaveLength(10);
    expect(again.store.sources()[0]?.cursor).toBe(cursor);
  });

  it("that were cancelled are read no more", async () => {
    const here = await scene();
    here.store.planBackfill(plan);
    await here.days.step(never);
    here.store.cancelBackfill("prod");
    expect(here.days.waiting).toBe(false);
    expect(await here.days.step(never)).toBeUndefined();
    expect(kept(here.store)).toHaveLength(4);
  });

  it("keep their pace over the day and the pause behind it", async () => {
    const here = await scene();
    here.store.planBackfill({ ...plan, perSecond: 1 });
    const pause = await here.days.step(never);
    expect(pause).toBeGreaterThan(1_000);
    expect(pause).toBeLessThanOrEqual(3_000);
  });
});

describe("a day that cannot be read", () => {
  it("is tried three times, and then a gap that is told; the days behind it are read", async () => {
    const here = await scene();
    here.server.behave({ fault: "short_body", faultDay: dayText(today - 20) });
    here.store.planBackfill(plan);
    expect([await here.days.step(never), await here.days.step(never)]).toEqual([undefined, undefined]);
    expect(stateOf(here.store)).toMatchObject({ next: today - 20, failures: 2, gaps: 0 });
    await readAll(here);
    expect(stateOf(here.store)).toMatchObject({ state: "done", gaps: 1 });
    expect(here.store.sources()[0]?.gaps).toMatchObject([{ day: today - 20 }]);
    expect(here.reports.filter(({ type }) => type === "source_gap")).toHaveLength(1);
    // Once it can be read, it is none any more.
    here.server.behave({ fault: undefined });
    here.store.planBackfill(plan);
    await readAll(here);
    expect(here.store.sources()[0]?.gaps).toEqual([]);
  });

  it("is no gap for as long as the server itself is the trouble", async () => {
    const here = await scene();
    here.store.planBackfill(plan);
    for (const fault of ["unauthorized", "forbidden", "rate_limited"] as const) {
      here.server.behave({ fault, retryAfter: "0" });
      for (let at = 0; at < 4; at++) await here.days.step(never);
    }
    expect(stateOf(here.store)).toMatchObject({ next: today - 20, failures: 0, gaps: 0 });
    expect(stateOf(here.store).trouble).toMatch(/HTTP/);
    here.server.behave({ fault: undefined });
    await readAll(here);
    expect(stateOf(here.store)).toMatchObject({ state: "done", gaps: 0 });
    expect(stateOf(here.store)).not.toHaveProperty("trouble");
  });

  it("is a gap where it is empty and records of it are known", async () => {
    const here = await scene();
    here.store.planBackfill(plan);
    await readAll(here);
    here.server.behave({ retentionDays: 18 });
    here.store.planBackfill(plan);
    await readAll(here);
    expect(stateOf(here.store)).toMatchObject({ state: "done", gaps: 2 });
    expect(here.store.sources()[0]?.gaps.map(({ day }) => day)).toEqual([today - 20, today - 19]);
  });
});

it("a day is no gap of a source that never showed it, and is known from another one of its instance", async () => {
  const here = await scene();
  here.store.planBackfill(plan);
  await readAll(here);
  const other = here.open("copy");
  while (!(await other.poll()).caughtUp);
  for (const day of [today - 20, today - 19]) here.server.log.shrink(day, 0);
  other.store.planBackfill({ ...plan, source: "copy" });
  await readAll(other);
  expect(other.store.backfill("copy")).toMatchObject({ state: "done", fetched: 3, fresh: 0, gaps: 0 });
  expect(other.store.sources().flatMap(({ gaps }) => gaps)).toEqual([]);
  expect(here.reports.filter(({ type }) => type === "day_shrank")).toEqual([]);
});

it("a day that shows fewer records than are known is told, and is no gap", async () => {
  const here = await scene();
  here.store.planBackfill(plan);
  await readAll(here);
  here.server.log.shrink(today - 20, 2);
  here.store.planBackfill(plan);
  await readAll(here);
  const told = here.reports.filter(({ type }) => type === "day_shrank");
  expect(told).toMatchObject([{ day: dayText(today - 20), before: 3, now: 2 }]);
  expect(stateOf(here.store)).toMatchObject({ state: "done", gaps: 0 });
});

describe("room", () => {
  it("is left to what is new: past half of the spool the days wait until the outputs are done", async () => {
    const here = await scene({}, 16 * 1024 * 1024);
    here.store.planBackfill(plan);
    const usage = { bytes: 9, maxBytes: 10, full: false, diskFull: false };
    here.store.usage = () => usage;
    expect(await here.days.step(never)).toBe(2_000);
    expect(stateOf(here.store)).toMatchObject({ next: today - 20, trouble: expect.stringContaining("room") });
    // What has waited waits until there is room for more than a little.
    here.store.usage = () => ({ ...usage, bytes: 5 });
    expect(await here.days.step(never)).toBe(2_000);
    here.store.usage = () => ({ ...usage, bytes: 2 });
    expect(await here.days.step(never)).toBeTypeOf("number");
    expect(stateOf(here.store)).toMatchObject({ next: today - 19 });
    expect(stateOf(here.store)).not.toHaveProperty("trouble");
  });
});

/** A day of three megabytes, which takes several commits. */
const large = Array.from({ length: 300 }, (_, at) =>
  JSON.stringify({ ...JSON.parse(line(today - 19, at)), note: "x".repeat(10_000) }),
);
const largeDay = { ...plan, first: today - 19, end: today - 18 };

describe("room in the midst of a day", () => {
  it("is waited for, and nothing is lost or kept twice when the day is read again", async () => {
    const here = await scene();
    for (const text of large) here.server.log.append(text);
    const before = here.store.head();
    here.store.planBackfill(largeDay);
    const real = here.store.usage.bind(here.store);
    let room = 9;
    here.store.usage = () => ({ ...real(), bytes: here.store.head() - before > 0 ? room : 0, maxBytes: 10 });
    expect(await here.days.step(never)).toBe(2_000);
    const first = here.store.head() - before;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(large.length);
    expect(stateOf(here.store)).toMatchObject({
      next: today - 19,
      failures: 0,
      trouble: expect.stringMatching(/room/),
    });
    expect(await here.days.step(never)).toBe(2_000);
    room = 2;
    await readAll(here);
    expect(stateOf(here.store)).toMatchObject({ state: "done", fresh: large.length - first + 3 });
    const uids = here.store.read(before, all).map(({ uid }) => uid);
    expect([uids.length, new Set(uids).size]).toEqual([large.length + 3, large.length + 3]);
  });

  it("is waited for while an output has not taken what it gets again", async () => {
    const here = await scene({}, 16 * 1024 * 1024);
    for (const text of large) here.server.log.append(text);
    here.store.planBackfill(largeDay);
    await readAll(here);
    const had = uidsOfDay(here.store);
    drain(here.store, "siem");
    while (here.store.prune(1e14) > 0);
    const filter = { from: 0, to: today * dayMs };
    here.store.replays.plan({ output: "siem", filter, perSecond: 5, days: [largeDay] });
    // What waits may take an eighth of the spool.
    const taken: string[] = [];
    let waits = 0;
    for (let steps = 0; here.days.waiting && steps < 50; steps++) {
      if ((await here.days.step(never)) === 2_000) waits++;
      taken.push(...takeShown(here.store));
    }
    expect(waits).toBeGreaterThan(0);
    expect(taken.toSorted()).toEqual(had);
  });
});

describe("what is known of a day that is read for a replay", () => {
  it("is handed over under the uids that it had, the n-th twin as the n-th, also over restarts", async () => {
    const here = await scene();
    here.store.planBackfill(plan);
    await readAll(here);
    const had = past.flatMap((day) => uidsOfDay(here.store, day)).sort();
    drain(here.store, "siem");
    while (here.store.prune(1e14) > 0);
    here.server.log.append(line(today - 19, 90));
    const filter = { from: 0, to: today * dayMs };
    here.store.replays.plan({ output: "siem", filter, perSecond: 5, days: [plan] });
    const head = here.store.head();
    await here.days.step(never);
    const again = here.open();
    await readAll(again);
    expect(takeShown(again.store).sort()).toEqual(had);
    // What is new goes the way of everything that is new.
    expect(again.store.head()).toBe(head + 1);
    expect(again.store.replays.of("siem")).toMatchObject({
      days: [{ state: "done", fetched: 10, fresh: 1 }],
    });
  });

  it("is handed over once where the disk failed in the midst of it", async () => {
    const here = await scene();
    for (const text of large) here.server.log.append(text);
    here.store.planBackfill(largeDay);
    await readAll(here);
    const had = uidsOfDay(here.store);
    drain(here.store, "siem");
    while (here.store.prune(1e14) > 0);
    const filter = { from: 0, to: today * dayMs };
    here.store.replays.plan({ output: "siem", filter, perSecond: 5, days: [largeDay] });
    const real = here.store.append.bind(here.store);
    let appends = 0;
    here.store.append = (...args) => {
      if (++appends === 2) throw new Error("killed");
      real(...args);
    };
    await expect(here.days.step(never)).rejects.toThrow("killed");
    const again = here.open();
    await readAll(again);
    expect(takeShown(again.store).sort()).toEqual(had);
  });

  it("makes no gap of a day that was read before, and tells that it is left out", async () => {
    const here = await scene();
    here.store.planBackfill(plan);
    await readAll(here);
    drain(here.store, "siem");
    while (here.store.prune(1e14) > 0);
    here.server.behave({ retentionDays: 18 });
    const filter = { from: 0, to: today * dayMs };
    here.store.replays.plan({ output: "siem", filter, perSecond: 5, days: [plan] });
    await readAll(here);
    expect(here.store.replays.of("siem")).toMatchObject({ days: [{ state: "done", gaps: 2 }] });
    expect(here.store.sources()[0]?.gaps).toEqual([]);
    const told = here.reports.flatMap((each) => (each.type === "source_notice" ? [each.text] : []));
    expect(told.filter((text) => text.includes("left out of the replay"))).toHaveLength(2);
  });
});

/** The uids of what the spool has of a day. */
function uidsOfDay(store: Store, day = today - 19): string[] {
  return store
    .read(0, all)
    .filter((each) => each.day === day)
    .map(({ uid }) => uid)
    .sort();
}

/** What sources have shown for the replay goes to its output: its uids. */
function takeShown(store: Store): string[] {
  const { replay } = store.standing("siem");
  if (replay === undefined) return [];
  const found = store.replays.shown("siem", 0, all);
  const step = {
    id: replay.id,
    part: "shown" as const,
    nextSeq: replay.shown.free,
    sent: found.length,
    refused: 0,
  };
  store.settle("siem", { ...move(store.standing("siem").position, []), replay: step });
  return found.map(({ uid }) => uid);
}
