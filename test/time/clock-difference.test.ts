import { expect, it } from "vitest";
import { clocksDiffer } from "../../src/time/clock-difference.ts";

it("clocks differ when they are more than a minute apart, either way", () => {
  expect([0, 60, -60, 60.5, -61].map(clocksDiffer)).toEqual([false, false, false, true, true]);
});
