import { expect, it } from "vitest";
import { fitting } from "../../src/command/fitting.ts";

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join("\n");

it("leaves a text as it is that fits above the cursor", () => {
  expect(fitting(lines(23), { columns: 80, rows: 24 })).toBe(lines(23));
});

it("shows the beginning of a longer one, and says how many lines are left out", () => {
  const shown = fitting(lines(24), { columns: 80, rows: 24 }).split("\n");
  expect(shown).toHaveLength(23);
  expect(shown.slice(0, 22)).toEqual(lines(22).split("\n"));
  expect(shown[22]).toBe("… 2 more lines: without --watch, on a larger terminal or on the page");
});

it("counts a line that is wrapped for what it takes, and colours for nothing", () => {
  const wrapped = `${"a".repeat(21)}\n${lines(8)}`;
  expect(fitting(wrapped, { columns: 10, rows: 8 }).split("\n")).toEqual([
    "a".repeat(21),
    "line 1",
    "line 2",
    "line 3",
    "… 5 more l",
  ]);
  const coloured = `\u001b[31m${"a".repeat(10)}\u001b[0m\nb`;
  expect(fitting(coloured, { columns: 10, rows: 3 })).toBe(coloured);
});

it("says at least that there is more where the first line alone is too long", () => {
  expect(fitting(lines(9), { columns: 3, rows: 1 })).toBe("… 9");
});
