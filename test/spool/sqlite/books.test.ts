import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isOwn } from "../../../src/own/own-origin.ts";
import type { Store } from "../../../src/spool/store.ts";
import { all, counted, dayMs, done, keep, move, record, settled, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

/** What can happen to the books. */
type Step =
  | { type: "append"; source: string; days: number[]; known: number; odd: boolean }
  | { type: "finish"; source: string; known: number }
  | { type: "settle"; output: number; events: number; verdict: number }
  | { type: "prune"; hours: number }
  | { type: "outputs"; names: string[] }
  | { type: "reopen" };

const sourceName = fc.constantFrom("prod", "a source");
const outputNames = ["siem", "lake", "x y"];
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("append"),
      source: sourceName,
      days: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }),
      known: fc.nat(3),
      odd: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("finish"), source: sourceName, known: fc.nat(5) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("settle"),
      output: fc.nat(2),
      events: fc.integer({ min: 1, max: 9 }),
      verdict: fc.nat(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("prune"), hours: fc.nat(6) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("outputs"), names: fc.subarray(outputNames, { minLength: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("reopen") }) },
) as fc.Arbitrary<Step>;

function take(spool: Store, active: readonly string[], next: Step, serial: () => number): void {
  if (next.type === "append") {
    const records = next.days.map((day) =>
      record(`r${serial()}`, {
        day: today - day,
        late: next.odd,
        ...(next.odd ? { fault: "not_json" } : {}),
      }),
    );
    if (records.length > 0) keep(spool, next.source, records, { known: next.known, at: state.clock.now() });
  } else if (next.type === "finish") {
    spool.finishWindow(
      next.source,
      done("next"),
      counted({ day: today, fetched: next.known, known: next.known }),
      state.clock.now(),
    );
  } else if (next.type === "settle") {
    const output = active[next.output % active.length] as string;
    const records = spool.read(spool.standing(output).position, { events: next.events, bytes: 1e9 });
    const { counts, dead } = settled(
      records,
      ({ seq }) => (["delivered", "filtered", "dead"] as const)[(seq * next.verdict) % 3] ?? "dead",
    );
    spool.settle(output, move(records.at(-1)?.seq ?? spool.standing(output).position, counts, dead));
  } else if (next.type === "prune") {
    state.clock.advance(next.hours * 1_800_000);
    spool.prune(state.clock.now());
  }
}

function checkBooks(spool: Store, active: readonly string[]): void {
  for (const row of spool.books()) {
    const { output, source, day } = row;
    expect(row.fetched - row.known).toBe(row.new);
    expect(row.delivered + row.filtered + row.dead + row.skipped + row.lost + row.pending).toBe(row.new);
    const waiting = spool
      .read(spool.standing(output).position, all)
      .filter((found) => found.source === source && found.day === day);
    expect(row.pending).toBe(waiting.length);
    expect(Math.min(row.delivered, row.filtered, row.dead, row.skipped, row.pending)).toBeGreaterThanOrEqual(
      0,
    );
  }
  for (const { output, backlog, delivered, filtered, dead, abandoned } of spool.outputs()) {
    const rows = spool.books().filter((row) => row.output === output);
    const sum = (key: "delivered" | "filtered" | "dead" | "pending") =>
      rows.reduce((total, row) => total + row[key], 0);
    expect({ events: backlog.events, delivered, filtered, dead }).toEqual({
      events: sum("pending"),
      delivered: sum("delivered"),
      filtered: sum("filtered"),
      dead: sum("dead"),
    });
    expect(spool.deadLetters({ output }, 1e6)).toHaveLength(dead);
    expect(abandoned).toBe(!active.includes(output));
  }
}

describe("the books", () => {
  it("balance after every transaction, and pending is what really waits", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        state.remove();
        state = new SpoolDirectory();
        let active = ["siem"];
        let spool = state.open({ outputs: active });
        let records = 0;
        for (const next of steps) {
          if (next.type === "outputs") active = next.names;
          if (next.type === "outputs" || next.type === "reopen") spool = state.open({ outputs: active });
          take(spool, active, next, () => ++records);
          checkBooks(spool, active);
        }
        const ours = spool.books().filter(({ source, output }) => isOwn({ source }) && output === active[0]);
        expect(spool.head()).toBe(records + ours.reduce((sum, row) => sum + row.new, 0));
        expect(state.damage).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("leave outputs alone when somebody only looks", () => {
    keep(state.open({ outputs: ["siem", "lake"] }), "prod", [record("a")]);
    const spool = state.open({ outputs: undefined });
    expect(spool.outputs().map(({ abandoned }) => abandoned)).toEqual([false, false]);
    expect(spool.prune(today * dayMs + 1e12)).toBe(0);
  });
});
