import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ownSource } from "../../../src/own/own-origin.ts";
import type { Store } from "../../../src/spool/store.ts";
import { all, counted, done, drain, keep, move, ofOurs, record, settled, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const minute = 60_000;
const options = {
  outputs: ["siem", "lake"],
  sources: ["prod"],
  heartbeats: new Map([["siem", 15 * minute]]),
};
const waiting = (spool: Store, output = "siem") => spool.side(output, "heartbeat", 0, all);
const due = (spool: Store) => spool.tellDue(state.clock.now());

function deliver(spool: Store): void {
  const beats = waiting(spool);
  const { counts } = settled(beats.map(({ record: each }) => each));
  const through = spool.standing("siem").position;
  spool.settle("siem", { ...move(through, counts), done: beats.map(({ id }) => id) });
}

function balanced(spool: Store): void {
  for (const row of spool.books()) {
    const { delivered, filtered, dead, dropped, skipped, lost, pending } = row;
    expect(delivered + filtered + dead + dropped + skipped + lost + pending).toBe(row.new);
    expect(pending).toBeGreaterThanOrEqual(0);
  }
}

it("waits beside the run of its output alone, and says how things are", () => {
  const spool = state.open(options);
  keep(spool, "prod", [record("a", { time: { seconds: state.clock.now() / 1000, nanos: 0 } })]);
  spool.finishWindow("prod", done("on", { watermark: state.clock.now() }), counted(), state.clock.now());
  state.clock.advance(5000);
  due(spool);
  expect(ofOurs(waiting(spool).map(({ record: each }) => each))).toMatchObject([
    {
      action: "wandb-audit-forwarder:heartbeat",
      output: "siem",
      backlog: 1,
      lag_seconds: 5,
      sources: [{ source: "prod", lag_seconds: 5, newest_event: "2026-08-01T00:00:00.000Z" }],
    },
  ]);
  expect(spool.standing("siem")).toMatchObject({ heartbeats: 1, suspects: 0, retried: 0 });
  expect(spool.standing("lake").heartbeats).toBe(0);
  expect(spool.head()).toBe(1);
  const own = spool.books().filter(({ source }) => source === ownSource);
  expect(own.map(({ output, pending, filtered }) => [output, pending, filtered])).toEqual([
    ["lake", 0, 1],
    ["siem", 1, 0],
  ]);
  balanced(spool);
});

it("comes at its interval, by the clock, and one alone waits while the output takes nothing", () => {
  const spool = state.open(options);
  const made: number[] = [];
  for (let at = 0; at <= 60; at++) {
    due(spool);
    if (waiting(spool).length > 0) made.push(at);
    deliver(spool);
    state.clock.advance(minute);
  }
  expect(made).toEqual([0, 15, 30, 45, 60]);
  for (let at = 0; at < 600; at++) {
    due(spool);
    state.clock.advance(minute);
  }
  expect(waiting(spool)).toHaveLength(1);
  const again = state.open(options);
  expect(waiting(again)).toHaveLength(1);
  deliver(again);
  due(again);
  expect(waiting(again)).toHaveLength(1);
  balanced(again);
});

it("has a uid of its own each time", () => {
  const spool = state.open(options);
  const uids = new Set<string>();
  for (let at = 0; at < 5; at++) {
    due(spool);
    for (const { record: each } of waiting(spool)) uids.add(each.uid);
    deliver(spool);
    state.clock.advance(15 * minute);
  }
  expect(uids.size).toBe(5);
});

it("leaves the books balanced, whatever is delivered, given up, added, taken out or opened again", () => {
  const steps = fc.array(
    fc.constantFrom("due", "deliver", "die", "keep", "drain", "other outputs", "the same outputs", "wait"),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (all_) => {
      state.remove();
      state = new SpoolDirectory();
      let spool = state.open(options);
      for (const step of all_) {
        if (step === "due") due(spool);
        if (step === "deliver") deliver(spool);
        if (step === "die") {
          const beats = waiting(spool);
          const { counts, dead } = settled(
            beats.map(({ record: each }) => each),
            () => "dead",
          );
          const { position } = spool.standing("siem");
          spool.settle("siem", { ...move(position, counts, dead), done: beats.map(({ id }) => id) });
        }
        if (step === "keep") keep(spool, "prod", [record(`r${spool.head()}`, { day: today })]);
        if (step === "drain") drain(spool, "siem");
        if (step === "other outputs") spool = state.open({ ...options, outputs: ["siem", "new"] });
        if (step === "the same outputs") spool = state.open(options);
        if (step === "wait") state.clock.advance(20 * minute);
        balanced(spool);
      }
      expect(state.open(options).damage()).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
