import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intake } from "../../src/ingest/intake.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { PastDays } from "../../src/ingest/past-days.ts";
import { WindowReader } from "../../src/ingest/window-reader.ts";
import type { Cursor } from "../../src/record/reading.ts";
import type { Report } from "../../src/report/report.ts";
import type { WandbBehaviour } from "../../src/simulate/wandb-behaviour.ts";
import { sweepReach } from "../../src/source/wandb-api/sweep-reach.ts";
import type { Store } from "../../src/spool/store.ts";
import { dayMs, dayText } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { all } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { begin, line, today } from "../source/wandb-api/reading.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const never = new AbortController().signal;
const minuteMs = 60_000;
const lookbackMs = 26 * 3_600_000;

/** A daemon on a server with ten days of log, on a clock that a test moves, from its first read on. */
async function scene(behaviour: Partial<WandbBehaviour> = {}, keepLedgerMs = 400 * dayMs) {
  const lines = Array.from({ length: 11 }, (_, back) => line(today - back, 30_000));
  const { source, server, clock } = await begin(behaviour, lines, { start: "10d" });
  const reports: Report[] = [];
  const asked: { readonly day: number; readonly passages: boolean }[] = [];
  let monotonic = 0;
  const own = { now: () => clock.at, monotonic: () => monotonic, sleep: clock.sleep };
  const open = () => {
    const made = source({ start: "10d" });
    const { origin } = made;
    const url = new URL(server.url);
    const store = state.open({ clock: own, sources: ["prod"], origins: new Map([["prod", origin]]) });
    const known = ledger({ load: (day) => store.known(origin.instance, day) });
    const ownIntake = () => intake({ origin, store, ledger: known, clock: own, kept: new Wakeup(own) });
    const watched = {
      ...made,
      readDay(request: Parameters<typeof made.readDay>[0], stop: AbortSignal, passages?: never) {
        asked.push({ day: request.day, passages: passages !== undefined });
        return made.readDay(request, stop, passages);
      },
    };
    const tell = (report: Report) => void reports.push(report);
    const kept = new Wakeup(own);
    const common = {
      source: watched,
      store,
      clock: own,
      random: () => 0,
      tell,
      kept,
      lookbackMs,
      keepLedgerMs,
      ledger: known,
    };
    const window = new WindowReader({ ...common, intake: ownIntake() });
    const reach = (cursor: Cursor) => sweepReach(cursor, { url });
    const days = new PastDays({ ...common, intake: ownIntake(), sweepReach: reach });
    return { store, days, window };
  };
  let daemon = open();
  const here = {
    server,
    clock,
    reports,
    asked,
    store: () => daemon.store,
    restart: () => {
      daemon = open();
    },
    pass(ms: number) {
      clock.at += ms;
      monotonic += ms;
    },
    jump: (ms: number) => {
      clock.at += ms;
    },
    /** One poll, and what is read behind it. Gives back the days. */
    async poll(): Promise<number[]> {
      while (!(await daemon.window.read(never)).caughtUp);
      const before = asked.length;
      while (daemon.days.waiting) if (((await daemon.days.step(never)) ?? 2_000) >= 2_000) break;
      return asked.slice(before).map(({ day }) => day);
    },
  };
  await here.poll();
  return here;
}

const kept = (store: Store) => store.read(0, all).map(({ bytes, late }) => `${late} ${Buffer.from(bytes)}`);

describe("sweeps", () => {
  it("read each day once more when it is one, three and seven days old, however often it is polled", async () => {
    const here = await scene();
    const swept: number[] = [];
    for (let hours = 0; hours < 24 * 8; hours++) {
      here.pass(3_600_000);
      swept.push(...(await here.poll()));
    }
    for (const day of [today - 2, today - 1, today]) {
      const distances = [1, 3, 7].filter((distance) => day + distance > today && day + distance <= today + 8);
      expect(swept.filter((each) => each === day)).toHaveLength(distances.length);
    }
    expect(here.asked.every(({ passages }) => !passages)).toBe(true);
    expect(here.reports.filter(({ type }) => type === "sweep_failed")).toEqual([]);
  });

  it("bring what came later than any poll looks, marked late, and once", async () => {
    const here = await scene();
    here.pass(dayMs);
    await here.poll();
    here.server.log.append(line(today - 2, 40_000));
    here.pass(dayMs);
    expect(await here.poll()).toEqual([today - 5, today - 1, today + 1]);
    expect(kept(here.store())).not.toContain(`true ${line(today - 2, 40_000)}`);
    for (let days = 0; days < 6; days++) {
      here.pass(dayMs);
      await here.poll();
    }
    const found = kept(here.store()).filter((text) => text === `true ${line(today - 2, 40_000)}`);
    expect(found).toHaveLength(1);
    const late = here.reports.filter((report) => report.type === "sweep_day" && report.new === 1);
    expect(late).toMatchObject([{ day: dayText(today - 2), age: 7, late: 1, lateness: { latest: 608_000 } }]);
    expect(here.store().sources()[0]?.lateness?.at(-1)?.latest).toBeGreaterThan(5 * 86_400);
  });

  it("are not done twice because of a restart, and not in the first minutes after one", async () => {
    const here = await scene();
    here.pass(dayMs);
    const days = await here.poll();
    expect(days).toEqual([today - 6, today - 2, today]);
    for (let restarts = 0; restarts < 3; restarts++) {
      here.restart();
      here.pass(6 * minuteMs);
      expect(await here.poll()).toEqual([]);
    }
    here.pass(dayMs);
    here.restart();
    here.pass(4 * minuteMs);
    expect(await here.poll()).toEqual([]);
    here.pass(2 * minuteMs);
    expect(await here.poll()).toEqual([today - 5, today - 1, today + 1]);
  });

  it("are not lost to restarts before the first of them", async () => {
    const here = await scene();
    here.pass(dayMs);
    for (let restarts = 0; restarts < 3; restarts++) {
      here.restart();
      here.pass(minuteMs);
      expect(await here.poll()).toEqual([]);
    }
    here.pass(5 * minuteMs);
    expect(await here.poll()).toEqual([today - 6, today - 2, today]);
  });

  it("begin for a state that an earlier version read with those of the first day after its last read", async () => {
    const here = await scene();
    here.restart();
    here.pass(6 * minuteMs);
    expect(await here.poll()).toEqual([]);
    here.restart();
    here.pass(2 * dayMs);
    expect(await here.poll()).toEqual([-6, -2, 0, -5, -1, 1].map((back) => today + back));
  });

  it("wait until the last entries of the day that has ended have settled", async () => {
    const here = await scene();
    here.pass(12 * 3_600_000 + 14 * minuteMs);
    expect(await here.poll()).toEqual([]);
    here.pass(2 * minuteMs);
    expect(await here.poll()).toEqual([today - 6, today - 2, today]);
  });

  it("are made up for after days of downtime, each day once, for the last week at most", async () => {
    const here = await scene();
    here.pass(dayMs);
    await here.poll();
    here.pass(4 * dayMs);
    here.restart();
    here.pass(6 * minuteMs);
    // Of four nights. What has come to a farther distance by now is read for that one alone.
    const nights = [
      [-5, -1],
      [-4, 0],
      [-3, 1, 3],
      [-2, 2, 4],
    ];
    expect(await here.poll()).toEqual(nights.flat().map((back) => today + back));
    here.pass(40 * dayMs);
    const later = await here.poll();
    expect(new Set(later).size).toBe(later.length);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(today + 45 - 7 - 7);
  });

  it("wait while the clock here is set back, and go on when it is right", async () => {
    const here = await scene();
    here.pass(dayMs);
    await here.poll();
    const backMs = 1.5 * dayMs;
    here.jump(-backMs);
    here.server.behave({ skewMs: backMs });
    expect(await here.poll()).toEqual([]);
    here.jump(backMs);
    here.server.behave({ skewMs: 0 });
    expect(await here.poll()).toEqual([]);
    here.pass(dayMs);
    expect(await here.poll()).toEqual([today - 5, today - 1, today + 1]);
  });

  it("are done once more, and not for ever, where every clock was wrong", async () => {
    const here = await scene();
    here.pass(9 * dayMs);
    await here.poll();
    here.jump(-5 * dayMs);
    const again = await here.poll();
    expect(again.length).toBeLessThanOrEqual(3);
    expect(await here.poll()).toEqual([]);
    here.pass(dayMs);
    expect((await here.poll()).length).toBeLessThanOrEqual(3);
  });

  it("leave a day that cannot be read after three polls: it was read before, and is no gap", async () => {
    const here = await scene();
    here.server.behave({ fault: "short_body", faultDay: dayText(today - 6) });
    here.pass(dayMs);
    expect(await here.poll()).toEqual([today - 6]);
    expect(await here.poll()).toEqual([today - 6]);
    expect(await here.poll()).toEqual([today - 6]);
    expect(await here.poll()).toEqual([today - 2, today]);
    const failed = here.reports.filter(({ type }) => type === "sweep_failed");
    expect(failed).toMatchObject([
      { passed: false },
      { passed: false },
      { passed: true, reason: "cut_body" },
    ]);
    expect(here.store().sources()[0]?.gaps).toEqual([]);
  });

  it("read nothing from before `start`, and not the day in which it lies", async () => {
    const here = await scene();
    here.server.log.append(line(today - 10, 1), line(today - 12, 1));
    for (let days = 0; days < 4; days++) {
      here.pass(dayMs);
      expect(Math.min(...(await here.poll()), today)).toBeGreaterThan(today - 10);
    }
    expect(kept(here.store()).some((text) => text.includes(line(today - 12, 1)))).toBe(false);
  });

  it("read no day that may be forgotten by now: it would come again", async () => {
    const here = await scene({}, 3 * dayMs);
    here.pass(dayMs);
    expect(await here.poll()).toEqual([today - 2, today]);
  });

  it("come before a backfill, and wait for room as it does", async () => {
    const here = await scene();
    here.store().planBackfill({ source: "prod", first: today - 9, end: today - 8, perSecond: 1e6 });
    const usage = { bytes: 9, maxBytes: 10, full: false, diskFull: false };
    const { usage: real } = here.store();
    here.pass(dayMs);
    here.store().usage = () => usage;
    expect(await here.poll()).toEqual([]);
    here.store().usage = real.bind(here.store());
    expect(await here.poll()).toEqual([today - 6, today - 2, today, today - 9]);
  });
});
