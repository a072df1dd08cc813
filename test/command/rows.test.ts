import { expect, it } from "vitest";
import { rows } from "../../src/command/rows.ts";

it("a cell that would move the next one shows what is in it", () => {
  expect(
    rows(
      ["id", "x"],
      [
        ["a\tb", "1"],
        ["c\nd", "2"],
      ],
    ),
  ).toEqual(["  id        x", "  a\\u0009b  1", "  c\\u000ad  2"]);
});

it("columns are as wide as their widest cell, numbers stand to the right, and no line ends in blanks", () => {
  const table = rows(
    ["name", "events", "state"],
    [
      ["siem", "7", "idle"],
      ["a longer one", "1,234", ""],
    ],
    [1],
  );
  expect(table).toEqual([
    "  name          events  state",
    "  siem               7  idle",
    "  a longer one   1,234",
  ]);
});
