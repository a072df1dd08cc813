import { describe, expect, it } from "vitest";
import { trialSpan } from "../../../../src/source/wandb-api/newest/trial.ts";
import { slotMs } from "../../../../src/source/wandb-log/spread.ts";
import { today } from "../reading.ts";

const perDay = 144;
const first = today * perDay;
const span = (most: number[], now = first + perDay, least?: number[]) => {
  const found = trialSpan({ first, most, ...(least && { least }) }, now * slotMs);
  if (found === undefined) return undefined;
  expect(found.to - found.from).toBe(slotMs);
  return found.from / slotMs - first;
};

describe("the span of a trial", () => {
  it("has few entries, and others before and after it on its day", () => {
    expect(span([9, 3, 0, 2, 7])).toBe(3);
    expect(span([1, 0, 3, 0, 1])).toBe(2);
    expect(span([9, 3, 3, 9])).toBe(2);
  });

  it("is none where an answer for the whole day could be the same", () => {
    expect(span([])).toBeUndefined();
    expect(span([5])).toBeUndefined();
    expect(span([5, 5])).toBeUndefined();
    const midnight = Array.from({ length: perDay }, () => 0);
    midnight[perDay - 1] = 4;
    expect(span([...midnight, 4], first + 2 * perDay)).toBeUndefined();
  });

  it("is long enough ago, and was counted for sure", () => {
    expect(span([5, 5, 5], first + 4)).toBeUndefined();
    expect(span([5, 5, 5], first + 5)).toBe(1);
    expect(span([5, 5, 9, 5], undefined, [5, 4, 9, 5])).toBe(2);
  });
});
