import { expect, it } from "vitest";
import { allowedPerDay } from "../../src/own/allowed.ts";

it("bounds what can flap by itself, and leaves room for what each day of a log may have", () => {
  expect(allowedPerDay("output_held")).toBeLessThan(50);
  expect(allowedPerDay("gap_found")).toBeGreaterThan(400);
});
