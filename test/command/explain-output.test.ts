import { describe, expect, it } from "vitest";
import { fateOf } from "../../src/command/explain-output.ts";
import type { OutputTrace } from "../../src/spool/event-lookup.ts";
import type { BookRow } from "../../src/spool/spool-state.ts";
import { bookRow } from "../status/fake-runtime-view.ts";

const trace: OutputTrace = {
  ...{ output: "siem", position: 50, abandoned: false, beyond: true, again: false, moved: false },
  passed: { after: 0, before: 15_000 },
};

function fate(more: Partial<OutputTrace>, book?: Partial<BookRow>, rule?: string, seq = 60) {
  return fateOf({
    trace: { ...trace, ...more },
    book: book === undefined ? undefined : { ...bookRow({}), delivered: 0, filtered: 0, dead: 0, ...book },
    rule,
    seq,
    trouble: { reason: "unauthorized", detail: "401" },
  });
}

describe("what became of a record", () => {
  it("was delivered, between two times", () => {
    expect(fate({}, { delivered: 3 })).toMatchObject({
      ...{ state: "delivered", or: [], rule: null },
      ...{ after: "1970-01-01T00:00:00.000Z", before: "1970-01-01T00:00:15.000Z" },
    });
  });

  it("may have become what others of its day became, which it says", () => {
    expect(fate({}, { delivered: 3, dropped: 1, lost: 2 })).toMatchObject({
      state: "delivered",
      or: ["dropped", "lost"],
    });
    expect(fate({}, { skipped: 2 })).toMatchObject({ state: "skipped", or: [] });
  });

  it("was filtered by a rule only where something of its day was filtered", () => {
    expect(fate({}, { delivered: 3, filtered: 1 }, "min_severity: 5")).toMatchObject({
      state: "filtered",
      rule: "min_severity: 5",
    });
    expect(fate({}, { delivered: 3 }, "min_severity: 5")).toMatchObject({ state: "delivered", rule: null });
    expect(fate({}, { filtered: 3 })).toMatchObject({ state: "filtered", rule: null });
  });

  it("is not told where the books of its day are not known", () => {
    expect(fate({})).toMatchObject({ state: "settled" });
  });

  it("waits behind others, for a reason that is known, for an answer, or for nobody", () => {
    const waiting = { beyond: false };
    expect(fate(waiting)).toMatchObject({
      state: "pending",
      ahead: 9,
      reason: "unauthorized",
      detail: "401",
    });
    expect(fate({ ...waiting, moved: true }).detail).toContain("outputs siem adopt");
    expect(fate({ ...waiting, abandoned: true })).toMatchObject({ state: "abandoned", reason: null });
    expect(fate(waiting, undefined, "actions: [user:*]").rule).toBe("actions: [user:*]");
  });

  it("was given up, or waits beside the run, whatever the position is", () => {
    const letter = { reason: "too_large", detail: "no", at: 1000 };
    expect(fate({ letter })).toMatchObject({
      ...{ state: "dead", reason: "too_large", after: "1970-01-01T00:00:01.000Z" },
    });
    const side = { cause: "retry" as const, reason: "bad_event", detail: "", at: 1 };
    expect(fate({ side, beyond: false })).toMatchObject({ state: "retry", reason: "bad_event" });
  });
});
