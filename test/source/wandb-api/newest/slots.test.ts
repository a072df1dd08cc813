import { describe, expect, it } from "vitest";
import {
  isSettled,
  leastOf,
  mostOf,
  slotOf,
  slotsWithin,
  withShown,
} from "../../../../src/source/wandb-api/newest/slots.ts";
import { slotMs } from "../../../../src/source/wandb-log/spread.ts";

const span = (from: number, to: number) => ({ from: from * slotMs, to: to * slotMs });
const all = span(0, 1_000_000);

describe("slots", () => {
  it("are numbered from 1970, and settle half an hour after their end", () => {
    expect([slotOf(0), slotOf(slotMs - 1), slotOf(slotMs)]).toEqual([0, 0, 1]);
    expect(isSettled(6, 10 * slotMs)).toBe(true);
    expect(isSettled(7, 11 * slotMs - 1)).toBe(false);
  });

  it("are known as far as they were counted", () => {
    const counts = { first: 10, most: [1, 5], least: [1, 3] };
    expect([9, 10, 11, 12].map((slot) => mostOf(counts, slot))).toEqual([undefined, 1, 5, undefined]);
    expect([10, 11].map((slot) => leastOf(counts, slot))).toEqual([1, 3]);
    expect(slotsWithin(counts, span(0, 100))).toEqual([10, 11]);
    expect(slotsWithin(counts, { from: 10 * slotMs + 1, to: 12 * slotMs - 1 })).toEqual([]);
  });
});

describe("what was shown", () => {
  it("takes the place of older counts, and stands beside the others", () => {
    const before = { first: 10, most: [1, 2, 3] };
    expect(withShown(undefined, before, all)).toEqual(before);
    expect(withShown(before, { first: 12, most: [9, 9] }, all)).toEqual({ first: 10, most: [1, 2, 9, 9] });
    expect(withShown(before, { first: 8, most: [7, 7] }, all)).toEqual({ first: 8, most: [7, 7, 1, 2, 3] });
    expect(withShown(before, { first: 11, most: [5], least: [4] }, all)).toEqual({
      first: 10,
      most: [1, 5, 3],
      least: [1, 4, 3],
    });
  });

  it("drives out what is not side by side with it: nobody counted what lies between", () => {
    const before = { first: 10, most: [1, 2, 3] };
    expect(withShown(before, { first: 14, most: [9] }, all)).toEqual({ first: 14, most: [9] });
    expect(withShown(before, { first: 4, most: [9] }, all)).toEqual({ first: 4, most: [9] });
  });

  it("is kept as far as the steady window reaches, and up to now", () => {
    const before = { first: 10, most: [1, 2, 3] };
    expect(withShown(before, { first: 13, most: [4, 5, 6] }, span(11, 14))).toEqual({
      first: 11,
      most: [2, 3, 4, 5],
    });
    expect(withShown(before, { first: 13, most: [4] }, span(20, 30)).most).toEqual([]);
  });
});
