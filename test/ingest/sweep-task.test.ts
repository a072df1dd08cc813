import { expect, it } from "vitest";
import { firstSweeps } from "../../src/ingest/sweep-days.ts";
import { sweepTask } from "../../src/ingest/sweep-task.ts";
import { SourceError } from "../../src/source/source.ts";
import { today } from "../fake/records.ts";

const reach = { since: 0, owed: [] };
const total = { fetched: 9, new: 0, late: 0, unparseable: 0 };
const read = { total, lateness: undefined, seconds: 1, known: 9 };
const first = firstSweeps("prod", today);
const task = sweepTask(first, today, reach) ?? expect.unreachable();

it("is the oldest day that is left, with what was read of it, and then the next night's", () => {
  expect(task).toMatchObject({ day: today - 7, verifies: true, seen: 0, failures: 0 });
  const more = task.after({ end: "more", place: "2", seen: 4 }, total, 1).progress;
  expect(more).toEqual({ ...first, next: today - 7, seen: 4, place: "2" });
  const passed = task.after({ end: "passed", place: "2", seen: 9 }, total, 1);
  expect(passed).toEqual({ progress: { ...first, next: today - 6, place: "2" }, shown: today - 7 });
  expect(sweepTask({ ...first, next: today }, today, reach)).toBeUndefined();
  expect(sweepTask({ ...first, next: today }, today + 1, reach)).toMatchObject({ day: today - 6, seen: 0 });
  expect(task.after({ end: "again", seen: 0 }, total, 1)).toEqual({ progress: first });
});

it("tells what was found, a day that shows less, and one that is not shown", () => {
  const told = (seen: number, lack?: string) =>
    task.told({ end: "passed", seen, lack }, { progress: first }, read);
  expect(told(9)).toMatchObject([{ type: "sweep_day", age: 7, fetched: 9 }]);
  expect(told(7)).toMatchObject([{ type: "sweep_day" }, { type: "day_shrank", before: 9, now: 7 }]);
  expect(told(0, "gone")).toMatchObject([{}, { type: "sweep_failed", message: "gone", passed: true }]);
  expect(task.after({ end: "passed", seen: 0, lack: "gone" }, total, 1)).not.toHaveProperty("shown");
  expect(task.told({ end: "more", seen: 1 }, { progress: first }, read)).toHaveLength(1);
});

it("keeps how often the day failed", () => {
  const failed = task.failed(2, "cut", total, 1);
  expect(failed.progress).toEqual({ ...first, next: today - 7, failures: 2 });
  const error = new SourceError("cut_body", "cut", "wait");
  expect(task.toldFailure(error, read, failed, false)).toMatchObject([{ reason: "cut_body", passed: false }]);
});
