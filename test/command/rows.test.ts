import { expect, it } from "vitest";
import { rows } from "../../src/command/rows.ts";

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
