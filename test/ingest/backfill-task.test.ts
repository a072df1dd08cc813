import { expect, it } from "vitest";
import { backfillTask } from "../../src/ingest/backfill-task.ts";
import { SourceError } from "../../src/source/source.ts";
import type { BackfillProgress } from "../../src/spool/backfill.ts";
import { today } from "../fake/records.ts";

const progress: BackfillProgress = {
  ...{ source: "prod", first: today, end: today + 2, next: today, perSecond: 10, state: "running" },
  ...{ began: 1, changed: 1, fetched: 5, fresh: 1, gaps: 0, seen: 3, failures: 1, trouble: "cut" },
};
const total = { fetched: 4, new: 2, late: 2, unparseable: 0 };
const read = { total, lateness: undefined, seconds: 1, known: 7 };
const task = backfillTask(progress);

it("counts what each read brought, and goes on behind a day that was shown", () => {
  const counted = { fetched: 9, fresh: 3, changed: 8 };
  const { trouble: _, ...rest } = progress;
  expect(task.after({ end: "again", seen: 3 }, total, 8)).toEqual({ progress: { ...progress, ...counted } });
  const more = { ...rest, ...counted, failures: 0, seen: 7, place: "2" };
  expect(task.after({ end: "more", seen: 7, place: "2" }, total, 8)).toEqual({ progress: more });
  const passed = { ...rest, ...counted, failures: 0, seen: 0, next: today + 1 };
  expect(task.after({ end: "passed", seen: 7 }, total, 8)).toEqual({ progress: passed, shown: today });
});

it("makes a gap of a day that lacks something, and ends behind the last one", () => {
  const last = backfillTask({ ...progress, next: today + 1 });
  const step = last.after({ end: "passed", seen: 0, lack: "gone" }, total, 8);
  expect(step).toMatchObject({
    progress: { state: "done", gaps: 1 },
    gap: { day: today + 1, reason: "gone" },
  });
  const told = last.told({ end: "passed", seen: 0, lack: "gone" }, step, read).map(({ type }) => type);
  expect(told).toEqual(["backfill_day", "source_gap", "backfill_done"]);
});

it("says what a failed read had kept, and that it is tried again", () => {
  const step = task.failed(2, "cut", total, 8);
  expect(step.progress).toMatchObject({ failures: 2, trouble: "cut", fetched: 9, next: today });
  const error = new SourceError("cut_body", "cut", "wait");
  const told = task.toldFailure(error, read, step, false);
  expect(told).toMatchObject([{ type: "backfill_failed", kept: total }]);
  expect(task.verifies).toBe(false);
});
