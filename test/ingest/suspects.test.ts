import { expect, it } from "vitest";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { Suspects } from "../../src/ingest/suspects.ts";
import { idOfText } from "../fake/records.ts";

const [a, b] = ["a", "b"].map(idOfText) as [string, string];
const lacks = (...each: [string, number][]) => ({
  total: each.reduce((sum, [, lack]) => sum + lack, 0),
  each: new Map(each),
});

it("are those that a primary has not brought yet, since each was seen first", () => {
  const known = new KnownDay();
  const suspects = new Suspects();
  known.add(known.numberOf(a), 0);
  suspects.add(7, lacks([a, 1], [b, 1]), known, 100);
  suspects.add(7, lacks([b, 1]), known, 200);
  expect([suspects.days, suspects.since(7), suspects.since(8)]).toEqual([[7], 100, undefined]);
  known.add(known.numberOf(b), 0);
  suspects.look(7, known);
  expect(suspects.lacks(7, 300, known)).toEqual(lacks([a, 1]));
  // Another twin of it, later.
  suspects.add(7, lacks([a, 2]), known, 400);
  expect(suspects.since(7)).toBe(400);
  expect(suspects.lacks(7, 399, known).total).toBe(0);
  expect(suspects.lacks(7, 400, known)).toEqual(lacks([a, 2]));
  known.add(known.numberOf(a), 0);
  known.add(known.numberOf(a), 0);
  suspects.look(7, known);
  expect(suspects.days).toEqual([]);
});

it("are bounded over all days, and make room again", () => {
  const known = new KnownDay();
  const suspects = new Suspects();
  const many = (from: number) => Array.from({ length: 6_000 }, (_, at) => [idOfText(`${from + at}`), 1]);
  suspects.add(1, lacks(...(many(0) as [string, number][])), known, 1);
  suspects.add(2, lacks(...(many(6_000) as [string, number][])), known, 1);
  expect([1, 2].map((day) => suspects.lacks(day, 1, known).total)).toEqual([6_000, 4_000]);
  suspects.forget(1);
  suspects.add(3, lacks(...(many(20_000) as [string, number][])), known, 1);
  expect(suspects.lacks(3, 1, known).total).toBe(6_000);
  expect(suspects.days).toEqual([2, 3]);
});
