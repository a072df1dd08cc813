import { expect, it } from "vitest";
import { comparedDay, newComparison } from "../../src/ingest/comparison.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { WitnessRead } from "../../src/ingest/witness-read.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import { idOfText, knownRecord, today, uidOfText } from "../fake/records.ts";

const lineOf = (action: string) => `{"timestamp":"2026-08-01T10:00:00Z","action":"${action}"}`;

/** A comparison of a day of which `known` are on disk and `shown` were shown. */
function comparison(known: string[], shown: string[], action = "user:login") {
  const bytes = Buffer.concat(known.map((name) => knownRecord(uidOfText(name))));
  const own = ledger({ load: () => [{ form: "known", bytes }] });
  const begun = newComparison(today, own.look());
  const read = new WitnessRead(begun.look, () => {}, begun.looked);
  const text = Buffer.from(lineOf(action));
  for (const name of shown) read.see(today, idOfText(name), 0, 0, () => ({ bytes: text, ...entryOf(text) }));
  return begun;
}
function entryOf(bytes: Buffer) {
  const entry = parseEntry(bytes);
  return entry === undefined ? {} : { entry };
}

it("has to settle first: it is open, and nothing is told", () => {
  const { witnessed, doubt } = comparedDay({ ...comparison(["a"], ["a", "b"]), ended: true }, undefined, 5);
  expect(witnessed).toEqual({
    ...{ day: today, shown: 2, known: 1, missing: 0, extra: 0, examples: [], open: true },
  });
  expect(doubt).toMatchObject({ at: 5, missing: { total: 1 }, extra: { total: 0 } });
});

it("tells what was found twice, with some of the records, and keeps the rest in doubt", () => {
  const first = comparedDay({ ...comparison(["a", "x"], ["a", "b"]), ended: true }, undefined, 5);
  const second = { ...comparison(["a", "x"], ["a", "b", "c"]), ended: true, doubt: first.doubt };
  const { witnessed, doubt } = comparedDay(second, undefined, 9);
  expect(witnessed).toMatchObject({ missing: 1, extra: 1, open: true });
  expect(witnessed.examples).toContainEqual({
    ...{ of: "missing", uid: uidOfText("b"), time: "2026-08-01T10:00:00.000Z", action: "user:login" },
  });
  expect(witnessed.examples).toContainEqual({ of: "extra", uid: uidOfText("x") });
  expect(doubt).toMatchObject({ at: 9, missing: { total: 2 } });
});

it("says nothing of what was not shown of a day that goes on, which stays open", () => {
  const { witnessed, doubt } = comparedDay(comparison(["a", "x"], ["a"]), undefined, 5);
  expect([witnessed.extra, witnessed.open, doubt]).toEqual([0, true, undefined]);
  const nothing = comparedDay({ ...comparison(["a"], []), ended: true }, undefined, 5);
  expect(nothing.doubt?.extra.total).toBe(1);
});

it("repeats no text of an event that is no name of an action", () => {
  const told = comparison(["a"], ["b"], "run rm -rf / <script>");
  const before = { ...comparedDay(told, undefined, 5).witnessed, kept: 1, missing: 1 };
  const { witnessed } = comparedDay(told, before, 9);
  expect(witnessed.examples[0]).not.toHaveProperty("action");
});
