import { expect, it } from "vitest";
import { closedLine, isOfSweep, sweepLine } from "../../src/report/sweep-line.ts";

it("says what came late, and how old the day is", () => {
  const day = { type: "sweep_day", source: "prod", day: "2026-08-01", age: 7, fetched: 9 } as const;
  const none = sweepLine({ ...day, new: 0, late: 0, unparseable: 0, seconds: 2 });
  expect(none.msg).toContain("2026-08-01 read once more, 7 days old: 9 records, nothing came late");
  const some = sweepLine({ ...day, age: 1, new: 2, late: 2, unparseable: 0, seconds: 2 });
  expect(some.msg).toContain("1 day old: 9 records, 2 records came late");
  expect(some.fields).toMatchObject({ new: 2, age_days: 1 });
});

it("says whether a day that failed is tried again", () => {
  const failed = { type: "sweep_failed", source: "prod", day: "2026-08-01", message: "it was cut" } as const;
  const again = sweepLine({ ...failed, passed: false, reason: "cut_body", fix: "wait" });
  expect(again).toMatchObject({ level: "warn", fields: { reason: "cut_body", passed: false } });
  expect(again.msg).toMatch(/\(cut_body\)\. Fix: wait.*tried again/);
  expect(sweepLine({ ...failed, passed: true }).msg).toContain("It is left alone");
  expect([isOfSweep(failed), isOfSweep({ type: "poll_done" })]).toEqual([true, false]);
});

it("says what a closed day was closed with", () => {
  const of = { source: "prod", day: "2026-08-01", records: 9, identities: 8, digest: "ab".repeat(32) };
  expect(closedLine({ type: "day_closed", ...of })).toEqual({
    level: "info",
    msg: `source prod: 2026-08-01 is closed: 9 records, digest ${of.digest}`,
    fields: { type: "day_closed", ...of },
  });
});
