import { expect, it } from "vitest";
import { endText, progressBar, progressText, underwayText } from "../../src/command/backfill-text.ts";
import type { BackfillStatus } from "../../src/status/backfill-status.ts";

const status: BackfillStatus = {
  ...{ source: "prod", state: "running", from: "2026-08-01", to: "2026-08-11", next: "2026-08-05" },
  ...{ days: 10, days_left: 6, records_per_second: 5_000, fetched: 12_000, new: 40, gap_days: 0 },
  ...{ began: "", changed: "", trouble: null, output: null },
};
const view = { status, read: { records: 12_000, days: 4, seconds: 8 }, columns: 120 };

it("tells days, records, pace and the time that is left", () => {
  expect(progressText(view)).toBe("prod: 4 of 10 days, 12,000 records, 1,500/s, 12 s left");
  expect(progressText({ ...view, read: { records: 0, days: 0, seconds: 1 } })).toBe(
    "prod: 4 of 10 days, 12,000 records",
  );
  expect(progressText({ ...view, status: { ...status, trouble: "too slow" } })).toContain("too slow");
});

it("draws a bar as full as the days are read, in one line of any terminal", () => {
  expect(progressBar(view)).toMatch(/^\[#{12}\.{18}\] prod: 4 of 10 days/);
  for (const columns of [20, 60, 80, 200])
    expect(progressBar({ ...view, columns }).length).toBeLessThan(columns);
});

it("says what is next, and how it ended", () => {
  expect(underwayText(status)).toContain("2026-08-05 is next, 6 of 10 days left");
  expect(endText({ ...status, state: "done", gap_days: 2 })).toMatch(/done: .*2 days could not be read/);
  expect(endText({ ...status, state: "cancelled" })).toContain("cancelled");
});
