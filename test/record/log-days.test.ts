import fc from "fast-check";
import { expect, it } from "vitest";
import { isLogDay, nearLogDay, unset } from "../../src/record/log-days.ts";

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

it("a log has days from 2017 to 2099", () => {
  expect(["2016-12-31", "2017-01-01", "2099-12-31", "2100-01-01"].map(day).map(isLogDay)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it("whatever days are shown, a few ten thousand are left of them, in their order", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (one, other) => {
      const [a, b] = [nearLogDay(one), nearLogDay(other)];
      if (one <= other) expect(a).toBeLessThanOrEqual(b);
      if (isLogDay(one)) expect(a).toBe(one);
      else expect(isLogDay(a)).toBe(false);
      expect(Math.abs(a - b)).toBeLessThan(31_000);
    }),
  );
});

it("a clock before 2023 was never set", () => {
  expect([Date.UTC(1970, 0, 3), Date.UTC(2022, 11, 31), Date.UTC(2023, 0)].map(unset)).toEqual([
    true,
    true,
    false,
  ]);
});
