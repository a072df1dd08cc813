import { expect, it } from "vitest";
import { witnessedOf } from "../../src/evidence/month-witnessed.ts";
import type { WitnessedDay } from "../../src/spool/witnessed.ts";
import { dayText } from "../../src/time/clock.ts";

const first = 20_666;
const month = { first, end: first + 31 };
const row = (day: number, fields: Partial<WitnessedDay> = {}) => ({
  ...{ day, shown: 5, known: 5, missing: 0, extra: 0, examples: [], open: false, kept: 5, compared: 1 },
  ...fields,
});
const said = (day: number, fields: object) => ({
  ...{ source: "copy", day: dayText(day), missing: 0, extra: 0, compared: true },
  ...fields,
});

it("has the days of the month that differ, of these witnesses alone", () => {
  const rows = [
    row(first - 1, { missing: 1 }),
    row(first, { missing: 2 }),
    row(first + 1),
    row(first + 30, { extra: 3 }),
    row(first + 31, { missing: 4 }),
  ];
  const states = new Map([
    ["copy", { witnessed: rows }],
    ["other", { witnessed: rows }],
    ["new", {}],
  ]);
  const witnesses = ["copy", "new", "never"].map((name) => ({ name, first: undefined }));
  expect(witnessedOf(witnesses, states, month)).toEqual([
    said(first, { missing: 2 }),
    said(first + 30, { extra: 3 }),
  ]);
});

it("has days that are not compared, but for those of which the witness can say nothing", () => {
  const { compared: _, ...never } = row(first + 4, { open: true });
  const trouble = { open: true, trouble: "no object that shows this day is left" };
  const rows = [row(first + 1, trouble), row(first + 2, trouble), row(first + 3, { open: true }), never];
  const states = new Map([["copy", { witnessed: rows }]]);
  const days = (from: number | undefined) =>
    witnessedOf([{ name: "copy", first: from }], states, month).map(({ day }) => day);
  expect(days(first + 2)).toEqual([2, 3, 4].map((at) => dayText(first + at)));
  expect(days(undefined)).toHaveLength(4);
  expect(witnessedOf([{ name: "copy", first }], states, month)[0]).toEqual(
    said(first + 1, { compared: false }),
  );
});
