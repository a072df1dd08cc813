import { expect, it } from "vitest";
import { witnessedOf } from "../../src/evidence/month-witnessed.ts";
import { dayText } from "../../src/time/clock.ts";

const first = 20_666;
const row = (day: number, missing: number, extra = 0) => ({
  ...{ day, missing, extra, shown: 5, known: 5, examples: [], open: false, kept: 5 },
});

it("has the days of the month that differ, of these witnesses alone", () => {
  const rows = [
    row(first - 1, 1),
    row(first, 2),
    row(first + 1, 0),
    row(first + 30, 0, 3),
    row(first + 31, 4),
  ];
  const states = new Map([
    ["copy", { witnessed: rows }],
    ["other", { witnessed: rows }],
    ["new", {}],
  ]);
  expect(witnessedOf(["copy", "new", "never"], states, { first, end: first + 31 })).toEqual([
    { source: "copy", day: dayText(first), missing: 2, extra: 0 },
    { source: "copy", day: dayText(first + 30), missing: 0, extra: 3 },
  ]);
});
