import { expect, it } from "vitest";
import type { Backfill } from "../../src/spool/backfill.ts";
import { backfillStatus, pastStatus } from "../../src/status/backfill-status.ts";
import { dayMs, today } from "../fake/records.ts";

const backfill: Backfill = {
  ...{
    source: "prod",
    state: "running" as const,
    first: today,
    end: today + 3,
    next: today + 1,
    perSecond: 5,
  },
  ...{ fetched: 9, fresh: 4, gaps: 1, began: today * dayMs, changed: today * dayMs + 1, trouble: "slow" },
};

it("names days and times as people write them", () => {
  expect(backfillStatus(backfill)).toEqual({
    ...{ source: "prod", state: "running", from: "2026-08-01", to: "2026-08-04", next: "2026-08-02" },
    ...{ days: 3, days_left: 2, records_per_second: 5, fetched: 9, new: 4, gap_days: 1 },
    ...{ began: "2026-08-01T00:00:00.000Z", changed: "2026-08-01T00:00:00.001Z", trouble: "slow" },
    output: null,
  });
});

it("has no next day and no trouble when it is over", () => {
  const over = backfillStatus({ ...backfill, state: "done", next: today + 3 });
  expect(over).toMatchObject({ next: null, days_left: 0, trouble: null });
});

const hop = { lookbackMs: undefined, role: "primary" as const, closing: () => undefined };

it("stands beside the gaps of a source, and is null where there never was one", () => {
  expect(pastStatus(hop, undefined, 0)).toEqual({ gaps: [], days: null, lateness: null, backfill: null });
  const gaps = [{ day: today, reason: "gone" }];
  expect(pastStatus(hop, { source: "prod", gaps, backfill }, 0)).toEqual({
    ...{ days: null, lateness: null },
    gaps: [{ day: "2026-08-01", reason: "gone" }],
    backfill: backfillStatus(backfill),
  });
});
