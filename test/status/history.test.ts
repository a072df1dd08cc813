import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import type { OutputState } from "../../src/spool/spool-state.ts";
import type { Incident, KeptTrend, Trends } from "../../src/spool/trends.ts";
import { type History, history } from "../../src/status/history.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const minute = 60_000;
const polled = (count: number): Report =>
  ({
    type: "poll_done",
    source: "prod",
    fetched: count,
    new: count,
    late: 0,
    unparseable: 0,
    seconds: 1,
    caughtUp: true,
  }) as Report;
const delivered = (events: number): Report =>
  ({ type: "delivered", output: "soc", events, bytes: 1_000, seconds: 1, ages: [] }) as Report;

const failed = { type: "delivery_failed", output: "soc", reason: "tls", retryInMs: 1, seconds: 1 } as Report;
const waiting = (ageMs: number, now: number) =>
  ({ output: "soc", backlog: { events: 1, suspects: 0, oldestObserved: now - ageMs } }) as OutputState;

/** With trends in memory, which say how often they were written. */
function begin() {
  const { runtime, clock } = fakeRuntimeView();
  const rows = new Map<string, KeptTrend>();
  const incidents = new Map<number, Incident>();
  const kept: unknown[] = [];
  const trends: Trends = {
    trends: () => [...rows.values()],
    incidents: () => [...incidents.values()],
    keep(more, happened) {
      kept.push(more);
      for (const trend of more) rows.set(`${trend.hop} ${trend.step}`, trend);
      for (const incident of happened) incidents.set(incident.id, incident);
    },
  };
  return { clock, runtime, trends, kept, past: history(runtime, trends) };
}

describe("history", () => {
  it("counts per minute, the last is the one that runs", () => {
    const { clock, past } = begin();
    past.note(polled(3));
    past.note(polled(4));
    clock.advance(minute);
    past.note(polled(5));
    past.note(delivered(6));
    const { sources, outputs, stepSeconds, from } = past.recent();
    expect(sources.prod?.new.slice(-3)).toEqual([0, 7, 5]);
    expect(outputs.soc?.delivered.slice(-2)).toEqual([0, 6]);
    expect(sources.prod?.new).toHaveLength(180);
    expect(stepSeconds).toBe(60);
    expect(from).toBe((Math.floor(clock.now() / minute) - 179) * minute);
  });

  it("forgets after three hours, and keeps its size", () => {
    const { clock, past } = begin();
    past.note(polled(3));
    clock.advance(179 * minute);
    expect(past.recent().sources.prod?.new[0]).toBe(3);
    clock.advance(minute);
    expect(Math.max(...(past.recent().sources.prod?.new ?? []))).toBe(0);
    clock.advance(1000 * minute);
    expect(past.recent().sources.prod?.new).toHaveLength(180);
  });

  it("stands at the times that the clock showed, which somebody may set", () => {
    const { clock, past } = begin();
    past.note(polled(3));
    clock.jump(-60 * minute);
    past.note(polled(4));
    expect(past.recent().sources.prod?.new.at(-1)).toBe(4);
    clock.jump(60 * minute);
    const fresh = past.recent().sources.prod?.new ?? [];
    expect([fresh.at(-1), fresh.at(-61)]).toEqual([3, 4]);
  });

  it("outlives the process: charts, the last delivery and incidents", () => {
    const { clock, past, runtime, trends } = begin();
    past.note(polled(3));
    past.note(delivered(6));
    past.note(failed);
    past.measure({ sources: [], outputs: [waiting(90_000, clock.now())] });
    past.save();
    clock.advance(minute);
    past.note(delivered(1));
    past.end();
    clock.advance(10 * minute);
    const again = history({ ...runtime, startedAt: clock.now() }, trends);
    const { sources, outputs } = again.recent("15m");
    expect(sources.prod?.new.slice(-12)).toEqual([3, ...Array(11).fill(0)]);
    expect(outputs.soc?.delivered.slice(-12, -10)).toEqual([6, 1]);
    expect(outputs.soc?.bytes.slice(-12, -10)).toEqual([1_000, 1_000]);
    expect(outputs.soc?.lag.slice(-12, -10)).toEqual([90, null]);
    expect(again.pace("output soc").latest).toBe(clock.now() - 10 * minute);
    expect(again.incidents()).toMatchObject([
      { hop: "daemon", reasons: ["not_running"] },
      { hop: "output soc", reasons: ["tls"], failures: 1 },
    ]);
    expect(again.since).toBeLessThanOrEqual(clock.now() - 11 * minute);
    // What goes on in the same minute is added to what was kept of it.
    again.note(delivered(2));
    again.end();
    const third = history({ ...runtime, startedAt: clock.now() }, trends);
    expect(third.recent("1h").outputs.soc?.delivered.reduce((sum, count) => sum + count)).toBe(9);
  });

  it("loses a minute at most to a kill, in every range", () => {
    const { clock, past, runtime, trends } = begin();
    for (let minutes = 0; minutes < 50; minutes++) {
      past.note(delivered(1));
      clock.advance(minute);
      past.save();
    }
    const again = history({ ...runtime, startedAt: clock.now() }, trends);
    for (const range of ["1h", "24h", "7d", "30d"] as const) {
      const counts = again.recent(range).outputs.soc?.delivered ?? [];
      expect(counts.reduce((sum, count) => sum + count)).toBe(50);
    }
  });

  it("is written once a minute, and at once when an incident begins or ends", () => {
    const { clock, past, kept } = begin();
    const writes = () => kept.splice(0).length;
    past.save();
    past.note(delivered(1));
    past.save();
    expect(writes()).toBe(0);
    clock.advance(minute);
    past.save();
    past.save();
    expect(writes()).toBe(1);
    past.note(failed);
    past.save();
    past.save();
    expect(writes()).toBe(1);
  });

  it("is not worth an end: a full disk is passed over, a broken state is not", () => {
    const { clock, runtime } = begin();
    const failing = (failure: "full" | "io"): History => {
      const throwing = () => {
        throw new SpoolError(failure, "no", "none");
      };
      return history(runtime, { trends: () => [], incidents: () => [], keep: throwing });
    };
    const [full, broken] = [failing("full"), failing("io")];
    clock.advance(minute);
    full.save();
    expect(() => broken.save()).toThrow("no");
    broken.end();
  });

  it("tells how fast an output was in the last minutes, also right after the start", () => {
    const { clock, past } = begin();
    expect(past.pace("output soc")).toEqual({ eventsPerSecond: 0, bytesPerSecond: 0, latest: null });
    past.note(delivered(600));
    clock.advance(4 * minute);
    const pace = past.pace("output soc");
    expect(pace.eventsPerSecond).toBeCloseTo(600 / 240);
    expect(pace.bytesPerSecond).toBeCloseTo(1_000 / 240);
    clock.advance(minute);
    expect(past.pace("output soc").eventsPerSecond).toBe(0);
    const { runtime, clock: later } = fakeRuntimeView();
    const young = history({ ...runtime, startedAt: later.now() });
    later.advance(10_000);
    young.note(delivered(50));
    expect(young.pace("output soc").eventsPerSecond).toBe(5);
  });

  it("does not take an output for faster than it is when the clock was set back behind the start", () => {
    const { clock, past } = begin();
    clock.jump(-120 * minute);
    for (let minutes = 0; minutes < 5; minutes++) {
      past.note(delivered(60));
      clock.advance(minute);
    }
    expect(past.pace("output soc").eventsPerSecond).toBeCloseTo(1, 0);
  });

  it("remembers when a read ended cleanly, on the clock that nobody sets", () => {
    const { clock, past } = begin();
    expect(past.lastRead("prod")).toBeUndefined();
    clock.advance(5000);
    past.note(polled(0));
    clock.jump(1e9);
    expect(past.lastRead("prod")).toBe(clock.monotonic());
  });

  it("keeps the newest of what a source had to tell, once each", () => {
    const { past } = begin();
    for (let number = 0; number < 10; number++)
      for (const _ of [1, 2]) past.note({ type: "source_notice", source: "prod", text: `${number}` });
    expect(past.notices("prod")).toEqual(["2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(past.notices("nobody")).toEqual([]);
  });

  it("passes over who is not configured", () => {
    const { past } = begin();
    past.note({ ...polled(3), source: "gone" } as Report);
    expect(Object.keys(past.recent().sources)).toEqual(["prod", "archive"]);
  });
});
