import { describe, expect, it } from "vitest";
import type { Cursor } from "../../src/record/reading.ts";
import { attentionTo, completeText, daysText } from "../../src/status/attention.ts";
import { fakeRuntimeView } from "./fake-runtime-view.ts";

function seen(clock: number | undefined = undefined) {
  const { runtime, state, doubts } = fakeRuntimeView();
  return { state, doubts, attention: () => attentionTo(runtime, state, () => clock) };
}

describe("what a person should look at", () => {
  it("is nothing while everything is complete", () => {
    expect(seen(60).attention()).toEqual([]);
  });

  it("is an output with dead letters, whatever its books say", () => {
    const { state, attention } = seen();
    state.outputs = state.outputs.map((output) =>
      output.output === "soc" ? { ...output, dead: 7 } : output,
    );
    expect(attention()).toMatchObject([
      {
        hop: "output soc",
        reason: "dead_letters",
        detail: expect.stringContaining("complete: no, 7 events"),
      },
    ]);
  });

  it("is a source with days that failed or are gaps, each day once, and not one that only catches up", () => {
    const { state, attention } = seen();
    const owed = [
      { day: 20_660, failures: 3 },
      { day: 20_661, failures: 0 },
    ];
    const gaps = [20_659, 20_660].map((day) => ({ day, reason: "it cannot be read" }));
    state.sources = state.sources.map((source) =>
      source.source === "prod" ? { ...source, cursor: JSON.stringify(owed) as Cursor, gaps } : source,
    );
    expect(attention()).toMatchObject([
      { hop: "source prod", reason: "owed_days", detail: "could not be read yet, 1 day: 2026-07-26" },
      { hop: "source prod", reason: "gap_days", detail: "cannot be read, 1 day: 2026-07-25" },
    ]);
  });

  it("is a log that is most likely another organization's", () => {
    const { state, doubts, attention } = seen();
    doubts.prod = { detail: "nobody is known", fix: "use a service account" };
    state.sources = state.sources.map((source) => ({ ...source, cursor: "[]" as Cursor }));
    expect(attention()).toEqual([
      {
        hop: "source prod",
        reason: "other_organization",
        detail: "nobody is known",
        fix: "use a service account",
      },
    ]);
  });

  it("is a clock that is more than a minute off", () => {
    expect(seen(-120).attention()).toMatchObject([
      { hop: "source prod", reason: "clock", detail: "its clock is 2 min behind this machine's" },
      { hop: "source archive" },
    ]);
  });

  it("names five days at most", () => {
    const days = ["01", "02", "03", "04", "05", "06"].map((day) => `2026-08-${day}`);
    expect(daysText(days.slice(0, 5))).toBe(`5 days: ${days.slice(0, 5).join(", ")}`);
    expect(daysText(days)).toBe(`6 days: ${days.slice(0, 4).join(", ")} and 2 more`);
  });

  it("says of an output whether it is complete", () => {
    const texts = [
      { dead: 0, dropped: 0, backlog: 0 },
      { dead: 0, dropped: 0, backlog: 2 },
      { dead: 1_200, dropped: 0, backlog: 2 },
      { dead: 1, dropped: 2, backlog: 2 },
      { dead: 0, dropped: 2, backlog: 0 },
    ].map(completeText);
    expect(texts).toEqual(["yes", "not yet", "no, 1,200 dead", "no, 1 dead, 2 dropped", "no, 2 dropped"]);
  });
});
