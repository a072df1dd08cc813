import { describe, expect, it } from "vitest";
import { notReady, stalledHops } from "../../src/status/health.ts";
import { history } from "../../src/status/history.ts";
import { statusReport } from "../../src/status/status.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

const minute = 60_000;

function watched() {
  const fake = fakeRuntimeView();
  const past = history(fake.runtime);
  return {
    ...fake,
    past,
    hops: () =>
      notReady(fake.runtime, fake.spooled().state, past).map(({ hop, reason }) => `${hop}: ${reason}`),
    read: (source: string) =>
      past.note({
        type: "poll_done",
        source,
        fetched: 1,
        new: 0,
        late: 0,
        unparseable: 0,
        seconds: 1,
        caughtUp: true,
      }),
  };
}

describe("readiness", () => {
  it("is given while every hop gets on", () => {
    expect(watched().hops()).toEqual([]);
  });

  it("names a source that has never been read, with the reason of its failure and the fix", () => {
    const { runtime, state, conditions, past, spooled } = watched();
    state.sources = [];
    conditions.prod = {
      state: "retrying",
      since: 5,
      failures: 1,
      reason: "unauthorized",
      detail: "the server answered 401",
      fix: "give an admin's key",
      stallsAt: 0,
    };
    const [prod, archive] = notReady(runtime, spooled().state, past);
    expect(prod).toEqual({
      hop: "source prod",
      reason: "unauthorized",
      detail: "the server answered 401",
      since: runtime.startedAt,
      fix: "give an admin's key",
    });
    expect(archive).toMatchObject({ hop: "source archive", reason: "not_read_yet" });
  });

  it("is not given while the clocks are more than an hour apart", () => {
    const { past, hops, read } = watched();
    const reading = (clockSeconds: number) => {
      const done = { fetched: 1, new: 0, late: 0, unparseable: 0, seconds: 1, caughtUp: true };
      past.note({ type: "poll_done", source: "prod", ...done, clockSeconds });
    };
    read("archive");
    for (const seconds of [3_601, -3_601]) {
      reading(seconds);
      expect(hops()).toEqual(["source prod: clock"]);
    }
    reading(3_600);
    expect(hops()).toEqual([]);
  });

  it("names a source without a complete read for three intervals, not before", () => {
    const { read, clock, hops } = watched();
    read("prod");
    read("archive");
    clock.advance(16 * minute);
    expect(hops()).toEqual([]);
    clock.advance(1);
    read("archive");
    expect(hops()).toEqual(["source prod: stale"]);
    read("prod");
    expect(hops()).toEqual([]);
  });

  it("calls no source stale that is to be read once only", () => {
    const { runtime, read, clock, past, spooled } = watched();
    read("prod");
    clock.advance(1_000 * minute);
    expect(notReady({ ...runtime, once: true }, spooled().state, past)).toEqual([]);
    expect(notReady(runtime, spooled().state, past)).toHaveLength(2);
  });

  it("is not fooled by a wall clock that jumps two days either way", () => {
    const { read, clock, hops } = watched();
    for (const jump of [2 * 1_440 * minute, -4 * 1_440 * minute]) {
      read("prod");
      read("archive");
      clock.jump(jump);
      expect(hops()).toEqual([]);
      clock.advance(17 * minute);
      expect(hops()).toEqual(["source prod: stale", "source archive: stale"]);
    }
  });

  it("gives a start with an old state the time of its first reads", () => {
    const { runtime, state, past, clock, spooled } = watched();
    state.sources = state.sources.map((source) => ({ ...source, lastSuccess: clock.now() - 999 * minute }));
    const young = { ...runtime, startedMonotonic: clock.monotonic() };
    expect(notReady(young, spooled().state, past)).toEqual([]);
    clock.advance(17 * minute);
    expect(notReady(young, spooled().state, past)).toHaveLength(2);
  });

  it("names a held source at once, with its fix", () => {
    const { runtime, conditions, past, clock, spooled } = watched();
    const fix = "put a valid key in place";
    const held = { failures: 1, reason: "unauthorized", detail: "HTTP 401", fix, stallsAt: 0 };
    conditions.prod = { ...held, state: "held", since: clock.monotonic() };
    const since = clock.now();
    expect(notReady(runtime, spooled().state, past)).toEqual([
      { hop: "source prod", reason: "unauthorized", detail: "HTTP 401", fix, since },
    ]);
  });

  it("names a held output at once, and a failing one after five minutes", () => {
    const { conditions, clock, hops } = watched();
    const failing = { failures: 1, reason: "tls", detail: "expired", fix: "renew", stallsAt: 0 };
    conditions.splunk = { ...failing, state: "held", since: clock.monotonic() };
    conditions.soc = { ...failing, state: "retrying", reason: "timeout", since: clock.monotonic() };
    clock.advance(5 * minute + 1);
    expect(hops()).toEqual(["output splunk: tls", "output soc: timeout"]);
  });

  it("counts those minutes by the clock that does not jump", () => {
    const { conditions, clock, hops } = watched();
    const outputs = () => hops().filter((hop) => hop.startsWith("output"));
    const since = clock.monotonic();
    conditions.soc = { state: "retrying", reason: "timeout", failures: 1, stallsAt: 0, since };
    clock.jump(2 * 24 * 60 * minute);
    expect(outputs()).toEqual([]);
    clock.jump(-4 * 24 * 60 * minute);
    clock.advance(5 * minute + 1);
    expect(outputs()).toEqual(["output soc: timeout"]);
  });

  it("names a full spool with the output that fills it, and not the sources it keeps waiting", () => {
    const { runtime, state, conditions, past, clock, spooled } = watched();
    state.usage = { bytes: 10_000, maxBytes: 10_000, full: true, diskFull: false };
    state.outputs = state.outputs.map((output) =>
      output.output === "soc" ? { ...output, backlog: { suspects: 0, events: 9 } } : output,
    );
    for (const name of ["prod", "archive"])
      conditions[name] = { state: "blocked", since: clock.monotonic(), failures: 0, stallsAt: 0 };
    clock.advance(60 * minute);
    const problems = notReady(runtime, spooled().state, past);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ hop: "spool", reason: "spool_full" });
    expect(problems[0]?.detail).toContain("output soc");
    expect(problems[0]?.fix).toContain("spool.max_bytes");
    state.usage = { ...state.usage, diskFull: true };
    const [disk] = notReady(runtime, spooled().state, past);
    expect(disk?.detail).toContain("the disk of state_dir is full");
    expect(disk?.fix).not.toContain("spool.max_bytes");
  });

  it("names it as long as one source waits, although what another one kept had room", () => {
    const { runtime, state, conditions, past, clock, spooled } = watched();
    state.usage = { bytes: 9_000, maxBytes: 10_000, full: false, diskFull: false };
    const waits = { detail: "the disk of state_dir is full", fix: "make room on the disk" };
    conditions.archive = { ...waits, state: "blocked", since: clock.monotonic(), failures: 0, stallsAt: 0 };
    const [problem] = notReady(runtime, spooled().state, past);
    expect(problem).toMatchObject({ hop: "spool", reason: "spool_full", fix: "make room on the disk" });
    expect(problem?.detail).toBe("the disk of state_dir is full; not read: archive");
    expect(statusReport(runtime, spooled(), undefined).spool.full).toBe(false);
    expect(statusReport(runtime, spooled(), past).spool.full).toBe(true);
  });
});

describe("liveness", () => {
  it("names the hop whose loop has not turned in time, and the thread that does not answer", () => {
    const { runtime, conditions, clock, state } = fakeRuntimeView();
    expect(stalledHops(runtime)).toEqual([]);
    conditions.soc = { state: "working", since: 0, failures: 0, stallsAt: clock.monotonic() + 1_000 };
    conditions.splunk = { state: "stopped", since: 0, failures: 0, stallsAt: 0 };
    expect(stalledHops(runtime)).toEqual([]);
    clock.advance(1_001);
    expect(stalledHops(runtime)).toEqual(["output soc"]);
    state.hanging = ["thread delivery"];
    expect(stalledHops(runtime)).toEqual(["output soc", "thread delivery"]);
  });
});

describe("history", () => {
  const step = (values: readonly (number | null)[] | undefined) => values?.slice(-3);

  it("counts per minute for three hours, in fixed memory", () => {
    const { past, clock } = watched();
    const deliver = (events: number) =>
      past.note({ type: "delivered", output: "soc", events, bytes: 1_000, seconds: 1, ages: [] });
    deliver(1);
    deliver(2);
    clock.advance(2 * minute);
    deliver(5);
    expect(step(past.recent().outputs.soc?.delivered)).toEqual([3, 0, 5]);
    expect(past.recent().outputs.soc?.delivered).toHaveLength(180);
    clock.advance(400 * minute);
    expect(past.recent().outputs.soc?.delivered.every((count) => count === 0)).toBe(true);
  });

  it("measures lags and leaves a hole where nothing was measured", () => {
    const { past, clock, state, spooled } = watched();
    past.measure(spooled().state);
    clock.advance(2 * minute);
    state.outputs = state.outputs.map((output) => ({
      ...output,
      backlog: { suspects: 0, events: 1, oldestObserved: clock.now() - 30_000 },
    }));
    past.measure(spooled().state);
    expect(step(past.recent().sources.prod?.lag)).toEqual([60, null, 180]);
    expect(step(past.recent().outputs.soc?.lag)).toEqual([0, null, 30]);
  });

  it("keeps the latest notices of a source, each once", () => {
    const { past } = watched();
    for (let index = 0; index < 20; index++)
      past.note({ type: "source_notice", source: "prod", text: `notice ${Math.floor(index / 2)}` });
    expect(past.notices("prod")).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((index) => `notice ${index}`));
    expect(past.notices("archive")).toEqual([]);
  });
});
