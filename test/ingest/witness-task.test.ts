import { expect, it } from "vitest";
import type { Comparison, Doubt } from "../../src/ingest/comparison.ts";
import { newComparison } from "../../src/ingest/comparison.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { witnessTask } from "../../src/ingest/witness-task.ts";
import { knownRecord, today, uidOfText } from "../fake/records.ts";

const total = { fetched: 3, new: 0, late: 0, unparseable: 0 };
const read = { total, lateness: undefined, seconds: 1, known: 0 };
const row = { day: today, open: false, shown: 1, known: 1, kept: 1, missing: 0, extra: 0, examples: [] };

/** A comparison in which one known record was not shown; `before` is what was found last. */
function task(before?: Parameters<typeof witnessTask>[0]["before"] extends () => infer Row ? Row : never) {
  const own = ledger({ load: () => [{ form: "known", bytes: knownRecord(uidOfText("x")) }] });
  const begun: Comparison = { ...newComparison(today, own.look()), ended: true };
  const calls: unknown[] = [];
  const made = witnessTask({
    ...{ source: "archive", day: today, place: "there", failures: 1, before: () => before },
    begin: () => begun,
    goOn: (place) => calls.push(["goOn", place]),
    fail: (failures) => calls.push(["fail", failures]),
    end: (doubt: Doubt | undefined) => calls.push(["end", doubt?.extra.total]),
  });
  return { made, calls };
}
const passed = { end: "passed", seen: 0 } as const;

it("reads a day in parts, and writes nothing down before its end", () => {
  const { made, calls } = task();
  expect(made).toMatchObject({ day: today, place: "there", failures: 1, verifies: true, compares: true });
  const more = made.after({ end: "more", place: "here", seen: 0 }, total, 1);
  expect([more, made.told({ end: "more", seen: 0 }, more, read)]).toEqual([
    { progress: { source: "archive", witnessed: undefined } },
    [],
  ]);
  expect(made.after({ end: "again", seen: 0 }, total, 1).progress).toHaveProperty("witnessed", undefined);
  expect(made.failed(2, "cut", total, 1).progress).toHaveProperty("witnessed", undefined);
  expect(calls).toEqual([
    ["goOn", "here"],
    ["fail", 2],
  ]);
});

it("tells a difference when it has settled, when it is another one, and when it is gone", () => {
  const first = task();
  const open = first.made.after(passed, total, 7);
  expect(first.calls).toEqual([["end", 1]]);
  expect(first.made.told(passed, open, read).map(({ type }) => type)).toEqual(["witness_day"]);
  const told = (extra: number, since?: number) => {
    const { made } = task({ ...row, extra, ...(since !== undefined && { since }) });
    return made.told(passed, made.after(passed, total, 9), read).map(({ type }) => type);
  };
  expect(told(1)).toEqual(["witness_day", "witness_differs"]);
  expect(told(1, 7)).toEqual(["witness_day"]);
  expect(told(3, 7)).toEqual(["witness_day", "witness_differs"]);
  const { made } = task({ ...row, missing: 1, since: 7 });
  expect(made.told(passed, made.after(passed, total, 9), read)[1]).toMatchObject({ type: "witness_agrees" });
});

it("keeps what was found of a day that cannot be shown now, and says why", () => {
  const { made, calls } = task({ ...row, missing: 2, since: 7 });
  const lack = { ...passed, lack: "no object that shows this day is left" };
  const step = made.after(lack, total, 9);
  expect(step.progress).toMatchObject({ witnessed: { missing: 2, open: true, trouble: lack.lack } });
  expect(made.told(lack, step, read)).toMatchObject([{ type: "witness_failed", passed: true }]);
  expect(calls).toEqual([["end", undefined]]);
  const error = { reason: "cut_body", message: "it was cut", fix: "wait" } as never;
  expect(made.toldFailure(error, read, step, false)).toMatchObject([
    { type: "witness_failed", reason: "cut_body", fix: "wait", passed: false },
  ]);
});
