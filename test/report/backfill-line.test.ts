import { expect, it } from "vitest";
import { backfillLine, isOfBackfill } from "../../src/report/backfill-line.ts";

it("says what is left after a day, and what a failed one needs", () => {
  const day = {
    type: "backfill_day",
    source: "prod",
    day: "2026-08-01",
    fetched: 9,
    new: 3,
    late: 3,
  } as const;
  const { msg: text, fields } = backfillLine({ ...day, unparseable: 0, seconds: 2, left: 1 });
  expect(text).toContain("read 9 records of 2026-08-01, 3 new");
  expect(text).toContain("1 day left");
  expect(fields).toMatchObject({ new: 3, days_left: 1 });
  const kept = { fetched: 0, new: 0, late: 0, unparseable: 0 };
  const failed = { type: "backfill_failed", source: "prod", day: "2026-08-01", reason: "cut_body" } as const;
  expect(backfillLine({ ...failed, message: "it was cut", fix: "wait", kept }).msg).toMatch(/Fix: wait.*gap/);
});

it("warns of gaps at the end, and knows its own reports", () => {
  const done = { type: "backfill_done", source: "prod", fetched: 9, new: 3 } as const;
  expect(backfillLine({ ...done, gaps: 0 }).level).toBe("info");
  expect(backfillLine({ ...done, gaps: 2 })).toMatchObject({ level: "warn" });
  expect([isOfBackfill(done), isOfBackfill({ type: "poll_done" })]).toEqual([true, false]);
});
