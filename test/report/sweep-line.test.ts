import { expect, it } from "vitest";
import { isOfSweep, sweepLine } from "../../src/report/sweep-line.ts";

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
  expect(sweepLine({ ...failed, passed: true }).msg).toContain("not tried again");
  expect([isOfSweep(failed), isOfSweep({ type: "poll_done" })]).toEqual([true, false]);
});
