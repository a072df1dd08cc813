import { describe, expect, it } from "vitest";
import { OnceSummary } from "../../src/command/once-summary.ts";
import type { Cursor } from "../../src/record/reading.ts";
import { fakeRuntimeView } from "../status/fake-runtime-view.ts";

const given = (output: string, reason: "bad_event" | "too_large") =>
  ({ type: "dead", output, uid: "u", reason, detail: "" }) as const;

describe("the summary of run --once", () => {
  it("says that all is done only when it is", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.outputs = state.outputs.map((output) => ({ ...output, dead: 4 }));
    const { complete, lines } = new OnceSummary().sum(spooled().state, runtime);
    expect(complete).toBe(true);
    // Dead letters of other runs do not make this one fail.
    expect(lines).toEqual([
      "read 0 records, 0 new",
      "output splunk: everything delivered (in all: 94 delivered, 6 filtered, 4 dead)",
      "output soc: everything delivered (in all: 94 delivered, 6 filtered, 4 dead)",
    ]);
  });

  it("names what this run gave up, with the reasons", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.outputs = state.outputs.map((output) => ({ ...output, dead: 4 }));
    const summary = new OnceSummary();
    for (let count = 0; count < 6; count++) summary.note(given("soc", "bad_event"));
    summary.note(given("soc", "too_large"));
    const { complete, lines } = summary.sum(spooled().state, runtime);
    expect(complete).toBe(false);
    expect(lines[2]).toBe(
      "output soc: complete: no, 7 events given up (bad_event 6, too_large 1), kept as dead letters (in all: 94 delivered, 6 filtered, 4 dead)",
    );
    expect(lines[1]).toContain("everything delivered");
  });

  it("says of what waits how much of it was refused", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    state.outputs = state.outputs.map((output) => ({ ...output, backlog: { events: 5, suspects: 3 } }));
    const { lines } = new OnceSummary().sum(spooled().state, runtime);
    expect(lines[1]).toContain(
      "5 events not delivered yet, kept for the next run; 3 of them refused and set aside",
    );
  });

  it("names the days that are not read, failed or not begun", () => {
    const { runtime, state, spooled } = fakeRuntimeView();
    const cursor = JSON.stringify([
      { day: 20_660, failures: 2 },
      { day: 20_661, failures: 0 },
    ]) as Cursor;
    state.sources = state.sources.map((source) =>
      source.source === "prod" ? { ...source, cursor } : source,
    );
    const { complete, lines } = new OnceSummary().sum(spooled().state, runtime);
    expect(complete).toBe(false);
    expect(lines.at(-1)).toBe(
      "source prod: not read yet, 2 days: 2026-07-26, 2026-07-27; tried again by the next run",
    );
  });
});
