import { expect, it } from "vitest";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { LookedDay } from "../../src/ingest/looked-day.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import { idOfText } from "../fake/records.ts";

const raw = () => ({ bytes: Buffer.from("{}") });

it("counts all of a large difference, and remembers and describes some of it", () => {
  const known = new KnownDay();
  const looked = new LookedDay(known);
  let asked = 0;
  for (let at = 0; at < 25_000; at++)
    looked.see(known.numberOf(idOfText(`${at}`)), 0, () => {
      asked++;
      return raw();
    });
  expect(asked).toBe(100);
  const { missing } = looked.difference(true);
  expect([missing.total, missing.each.size, looked.lacks().total]).toEqual([25_000, 10_000, 10_000]);
  // All but the first become known.
  for (let at = 1; at < 25_000; at++) known.add(known.numberOf(idOfText(`${at}`)), 0);
  const left = looked.difference(true).missing;
  expect([left.total, [...left.each.keys()]]).toEqual([1, [idOfText("0")]]);
  expect(looked.examples(left, 5)).toEqual([{ of: "missing", uid: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
});

it("takes a twin that each of two parts shows once for one", () => {
  const known = new KnownDay();
  const looked = new LookedDay(known);
  const at = known.numberOf(idOfText("a"));
  for (const times of [1, 2, 1]) {
    looked.beginRead();
    for (let shown = 0; shown < times; shown++) looked.see(at, 0, raw);
  }
  expect(looked.difference(true)).toMatchObject({ shown: 2, missing: { total: 2 } });
});

it("remembers some of what was not shown, and counts all", () => {
  const known = new KnownDay();
  for (let at = 0; at < 12_000; at++) known.add(known.numberOf(idOfText(`${at}`)), 0);
  const { extra } = new LookedDay(known).difference(true);
  expect([extra.total, extra.each.size]).toEqual([12_000, 10_000]);
});

it("counts what was known when it was shown, and is lost since", () => {
  const known = new KnownDay();
  const numbers = ["a", "b"].map((name) => known.numberOf(idOfText(name)));
  for (const at of numbers) known.add(at, 0);
  const looked = new LookedDay(known);
  for (const at of numbers) looked.see(at, 0, raw);
  known.load([]);
  expect(looked.difference(true)).toMatchObject({ known: 0, missing: { total: 2 }, extra: { total: 0 } });
});

it("says no time that no calendar has", () => {
  const known = new KnownDay();
  const looked = new LookedDay(known);
  for (const [at, timestamp] of [
    "2026-08-01T10:00:00Z",
    "999999-01-01T00:00:00Z",
    "+275760-09-13T00:00:01Z",
    "9999-12-31T23:59:59Z",
  ].entries()) {
    const bytes = Buffer.from(JSON.stringify({ timestamp, action: "user:login" }));
    const entry = parseEntry(bytes);
    looked.see(known.numberOf(idOfText(`${at}`)), 0, () => ({ bytes, ...(entry && { entry }) }));
  }
  const examples = looked.examples(looked.difference(true).missing, 9);
  expect(examples[0]).toMatchObject({ time: "2026-08-01T10:00:00.000Z", action: "user:login" });
  expect(examples).toHaveLength(4);
});
