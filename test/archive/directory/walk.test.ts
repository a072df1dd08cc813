import { expect, it } from "vitest";
import { isInside } from "../../../src/archive/directory/walk.ts";

it.each([
  ["a", true],
  ["a/b.json", true],
  ["a/..b/c", true],
  ["..", false],
  ["a/../b", false],
  ["/a", false],
  ["a/", false],
  ["a//b", false],
  ["", false],
])("%s is below: %s", (name, inside) => {
  expect(isInside(name)).toBe(inside);
});
