import { expect, it } from "vitest";
import { SignOfLife } from "../../../src/daemon/remote/sign-of-life.ts";

/** Which of so many looks want an answer. */
function wanted(sign: SignOfLife, looks: number): number[] {
  return Array.from({ length: looks }, (_, index) => (sign.look() ? [index] : [])).flat();
}

it("wants an answer to the first look, and to every twelfth after an answer", () => {
  const sign = new SignOfLife();
  expect(wanted(sign, 1)).toEqual([0]);
  sign.answered();
  expect(wanted(sign, 12)).toEqual([11]);
  sign.answered();
  expect(wanted(sign, 12)).toEqual([11]);
});

it("misses what does not come for a minute and a half of looks, and asks no second time", () => {
  const sign = new SignOfLife();
  expect(wanted(sign, 18)).toEqual([0]);
  expect(sign.missing).toBe(false);
  expect(wanted(sign, 1)).toEqual([]);
  expect(sign.missing).toBe(true);
  sign.answered();
  expect(sign.missing).toBe(false);
});

it("misses nothing where nobody looks", () => {
  expect(new SignOfLife().missing).toBe(false);
});
