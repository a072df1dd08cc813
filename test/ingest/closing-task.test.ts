import { expect, it } from "vitest";
import { closingTask, toldClosed } from "../../src/ingest/closing-task.ts";
import { SourceError } from "../../src/source/source.ts";
import { today } from "../fake/records.ts";

const total = { fetched: 9, new: 0, late: 0, unparseable: 0 };
const read = { total, lateness: undefined, seconds: 1, known: 9 };
const nothing = { progress: { source: "prod", unplanned: true } };

function made() {
  const calls: unknown[] = [];
  const task = closingTask({
    ...{ source: "prod", day: today - 9, age: 9, place: "2", failures: 1 },
    goOn: (place) => calls.push(["goOn", place]),
    fail: (failures) => calls.push(["fail", failures]),
    pass: () => calls.push("pass"),
  });
  return { task, calls };
}

it("goes on where the read before has ended, and fills a gap when all is shown", () => {
  const { task, calls } = made();
  expect(task).toMatchObject({ day: today - 9, place: "2", failures: 1, verifies: true, forReplay: false });
  expect(task.after({ end: "again", seen: 0 }, total, 1)).toEqual(nothing);
  expect(task.after({ end: "more", place: "3", seen: 4 }, total, 1)).toEqual(nothing);
  expect(task.after({ end: "passed", seen: 9 }, total, 1)).toEqual({ ...nothing, shown: today - 9 });
  expect(calls).toEqual([["goOn", "3"]]);
  expect(task.told({ end: "passed", seen: 9 }, { ...nothing } as never, read)).toMatchObject([
    { type: "sweep_day", age: 9 },
  ]);
});

it("rests where the day cannot be shown, and is tried again where a read failed", () => {
  const { task, calls } = made();
  expect(task.after({ end: "passed", seen: 0, lack: "gone" }, total, 1)).toEqual(nothing);
  expect(task.failed(2, "cut", total, 1)).toEqual(nothing);
  expect(calls).toEqual(["pass", ["fail", 2]]);
  const error = new SourceError("cut_body", "it was cut", "wait");
  expect(task.toldFailure(error, read, nothing as never, false)).toMatchObject([
    { type: "sweep_failed", reason: "cut_body", passed: false },
  ]);
});

it("tells a day that is closed, and nothing of one that is not", () => {
  const digest = { day: today, records: 3, identities: 2, digest: "ab" };
  expect(toldClosed("prod", undefined)).toEqual([]);
  expect(toldClosed("prod", digest)).toEqual([
    { type: "day_closed", source: "prod", day: "2026-08-01", records: 3, identities: 2, digest: "ab" },
  ]);
});
