import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intake } from "../../src/ingest/intake.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { PastDays } from "../../src/ingest/past-days.ts";
import { WindowReader } from "../../src/ingest/window-reader.ts";
import type { Cursor } from "../../src/record/reading.ts";
import type { Report } from "../../src/report/report.ts";
import type { WandbBehaviour } from "../../src/simulate/wandb-behaviour.ts";
import { apiClosing } from "../../src/source/wandb-api/closing.ts";
import { sweepReach } from "../../src/source/wandb-api/sweep-reach.ts";
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
const twice = line(today - 9, 20_000);
const history = [
  twice,
  twice,
  ...Array.from({ length: 11 }, (_, back) => line(today - back, 30_000)),
  line(today - 9, 50_000),
];

/** A daemon on a server with ten days of log, on a clock that a test moves. */
async function scene(behaviour: Partial<WandbBehaviour> = {}, keepLedgerMs = 400 * dayMs) {
  const { source, server, clock } = await begin(behaviour, history, { start: "10d" });
  const reports: Report[] = [];
  const asked: number[] = [];
  let monotonic = 0;
  let ahead = 0;
  const own = { now: () => clock.at + ahead, monotonic: () => monotonic, sleep: clock.sleep };
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
        asked.push(request.day);
        return made.readDay(request, stop, passages);
      },
    };
    const tell = (report: Report) => void reports.push(report);
    const common = {
      ...{ source: watched, store, clock: own, random: () => 0, tell, kept: new Wakeup(own) },
      ...{ lookbackMs: 26 * 3_600_000, keepLedgerMs, ledger: known },
    };
    const window = new WindowReader({ ...common, intake: ownIntake() });
    const days = new PastDays({
      ...{ ...common, intake: ownIntake() },
      sweepReach: (cursor: Cursor) => sweepReach(cursor, { url }),
      closing: (cursor: Cursor) => apiClosing(cursor, { url }),
    });
    return { store, days, window };
  };
  let daemon = open();
  const here = {
    ...{ server, clock, reports, asked },
    store: () => daemon.store,
    closed: () => [...daemon.store.closedDays("prod").keys()].map((day) => today - day).sort((a, b) => b - a),
    restart: () => {
      daemon = open();
    },
    pass(ms: number) {
      clock.at += ms;
      monotonic += ms;
    },
    /** The clock of this machine is so far ahead of the one by which the source reads. */
    setAhead(ms: number) {
      ahead = ms;
    },
    /** One poll, and what is read behind it, as often as it gets on. */
    async poll(): Promise<void> {
      while (!(await daemon.window.read(never)).caughtUp);
      for (let steps = 0; daemon.days.waiting && steps < 40; steps++)
        if ((await daemon.days.step(never)) === undefined) break;
    },
  };
  await here.poll();
  return here;
}

/** What sort and sha256sum make of the uids that were kept of a day. */
function digestOf(store: ReturnType<Awaited<ReturnType<typeof scene>>["store"]>, day: number): string {
  const first = new Map<string, { uid: string; count: number }>();
  for (const { bytes, uid } of store.read(0, all)) {
    const text = Buffer.from(bytes).toString();
    if (!text.includes(dayText(day))) continue;
    const found = first.get(text) ?? { uid, count: 0 };
    first.set(text, { ...found, count: found.count + 1 });
  }
  const lines = [...first.values()].map(({ uid, count }) => `${uid} ${count}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

describe("days close", () => {
  it("with what their source shows of them, the oldest first, those of before the first start too", async () => {
    const here = await scene();
    expect(here.closed()).toEqual([]);
    here.pass(3_600_000);
    await here.poll();
    // The tenth was wanted in part.
    expect(here.closed()).toEqual([9, 8, 7]);
    const closed = here.store().closedDays("prod");
    expect(closed.get(today - 9)).toMatchObject({ closing: 1, records: 4, identities: 3, kept: 4 });
    expect(closed.get(today - 8)).toMatchObject({ records: 1, identities: 1 });
    for (const age of [9, 8, 7])
      expect(closed.get(today - age)?.digest).toBe(digestOf(here.store(), today - age));
    const told = here.reports.flatMap((report) => (report.type === "day_closed" ? report.day : []));
    expect(told).toEqual([9, 8, 7].map((age) => dayText(today - age)));
  });

  it("with their last sweep, which is not made twice for that", async () => {
    const here = await scene();
    here.pass(3_600_000);
    await here.poll();
    const before = here.asked.length;
    for (let days = 0; days < 3; days++) {
      here.pass(dayMs);
      await here.poll();
      expect(here.asked.slice(before).filter((day) => day === today - 6 + days)).toHaveLength(1);
    }
    expect(here.closed()).toEqual([9, 8, 7, 6, 5, 4]);
  });

  it("not by a clock that is ahead of the one by which the log was read", async () => {
    const here = await scene();
    here.setAhead(365 * dayMs);
    here.pass(3_600_000);
    await here.poll();
    expect(here.closed()).toEqual([9, 8, 7]);
    here.setAhead(0);
    here.pass(dayMs);
    await here.poll();
    expect(here.closed()).toEqual([9, 8, 7, 6]);
    // What was closed at a time that is still to come is closed once more, and then no more.
    here.pass(dayMs);
    await here.poll();
    const days = [...here.store().closedDays("prod").values()].sort((a, b) => a.day - b.day);
    expect(days.map(({ closing }) => closing)).toEqual([2, 2, 2, 1, 1]);
    expect(days.filter(({ at }) => at > here.clock.at)).toEqual([]);
  });

  it("once more when something comes late, with all of it", async () => {
    const here = await scene();
    here.pass(dayMs);
    await here.poll();
    const before = here
      .store()
      .closedDays("prod")
      .get(today - 6);
    here.server.log.append(line(today - 6, 77));
    here.pass(dayMs);
    await here.poll();
    expect(
      here
        .store()
        .closedDays("prod")
        .get(today - 6),
    ).toEqual(before);
    here.store().planBackfill({ source: "prod", first: today - 6, end: today - 5, perSecond: 1e6 });
    here.pass(dayMs);
    await here.poll();
    await here.poll();
    const closed = here
      .store()
      .closedDays("prod")
      .get(today - 6);
    expect(closed).toMatchObject({ closing: 2, records: 2, kept: 2 });
    expect(closed?.digest).toBe(digestOf(here.store(), today - 6));
    expect(closed?.digest).not.toBe(before?.digest);
  });

  it("after a restart where they were, and not in the first minutes after one", async () => {
    const here = await scene();
    here.restart();
    here.pass(60_000);
    await here.poll();
    expect(here.closed()).toEqual([]);
    here.pass(3_600_000);
    await here.poll();
    here.restart();
    here.pass(3_600_000);
    await here.poll();
    expect(here.asked).toEqual([today - 9, today - 8, today - 7]);
    expect([...here.store().closedDays("prod").values()].every(({ closing }) => closing === 1)).toBe(true);
  });

  it("not while they cannot be read, and a day later where they can be", async () => {
    const here = await scene();
    here.server.behave({ fault: "short_body" });
    here.pass(3_600_000);
    for (let polls = 0; polls < 3; polls++) {
      await here.poll().catch(() => {});
      here.server.behave({ fault: undefined });
      await here.poll();
      here.server.behave({ fault: "short_body" });
    }
    here.server.behave({ fault: undefined });
    here.pass(dayMs + 3_600_000);
    await here.poll();
    await here.poll();
    expect(here.closed()).toEqual([9, 8, 7, 6]);
    for (const { day, digest } of here.store().closedDays("prod").values())
      expect(digest).toBe(digestOf(here.store(), day));
  });

  it("not where the ledger may have forgotten what was delivered of them", async () => {
    const here = await scene({}, 8 * dayMs);
    here.pass(3_600_000);
    await here.poll();
    expect(here.closed()).toEqual([7]);
  });

  it("a day before Multi-tenant Cloud shows them no longer", async () => {
    const here = await scene({ dialect: "v5-multi-tenant" });
    here.pass(3_600_000);
    await here.poll();
    expect(here.closed()).toContain(6);
    expect(here.closed().every((age) => age >= 6)).toBe(true);
  });
});
