import { describe, expect, it } from "vitest";
import {
  hourMs,
  lateBy,
  latestOf,
  widthOf,
  withLateness,
} from "../../../../src/source/wandb-api/newest/lateness.ts";
import { slotMs } from "../../../../src/source/wandb-log/spread.ts";
import { noon, today } from "../reading.ts";

const first = noon / slotMs;

describe("how late records came", () => {
  const before = { first, most: [5, 5, 5] };
  const late = (most: number[], countedAt: number, now: number, least?: number[]) =>
    lateBy(
      before,
      { first, most, ...(least && { least }) },
      () => noon + countedAt * slotMs,
      noon + now * slotMs,
    );

  it("shows where more is in a time that had ended when it was counted before", () => {
    expect(late([5, 5, 5, 9], 4, 5)).toBe(0);
    expect(late([5, 6, 5], 4, 5)).toBe(4 * slotMs);
    expect(late([6, 5, 6], 4, 5)).toBe(5 * slotMs);
  });

  it("says nothing of a time that went on, or that nobody had counted", () => {
    expect(late([5, 5, 50], 2.5, 5)).toBe(0);
    expect(lateBy(before, { first: first - 2, most: [7, 7] }, () => noon, noon + hourMs)).toBe(0);
  });

  it("is not taken from entries that may have been shown twice", () => {
    expect(late([6, 5, 5], 4, 5, [5, 5, 5])).toBe(0);
  });

  it("is no more than an hour longer than what was counted before, however long nothing was read", () => {
    expect(late([6, 5, 5], 4, 500)).toBe(4 * slotMs + hourMs);
  });

  it("is known until the end of the next day", () => {
    const known = withLateness(withLateness({}, 3 * hourMs, noon), hourMs, noon + 1);
    expect(latestOf(known)).toBe(3 * hourMs);
    const tomorrow = withLateness(known, hourMs, noon + 24 * hourMs);
    expect(tomorrow).toEqual({ [today]: 3 * hourMs, [today + 1]: hourMs });
    expect(latestOf(withLateness(tomorrow, 0, noon + 48 * hourMs))).toBe(hourMs);
    expect(withLateness(tomorrow, 0, noon + 72 * hourMs)).toEqual({});
    expect(latestOf({})).toBe(0);
  });

  it("decides how much is read: half as much again, never less than an hour or more than `lookback`", () => {
    const lookback = 26 * hourMs;
    expect(widthOf({}, lookback)).toBe(hourMs);
    expect(widthOf({ [today]: 60_000 }, lookback)).toBe(hourMs);
    expect(widthOf({ [today - 1]: 2 * hourMs, [today]: hourMs }, lookback)).toBe(3 * hourMs);
    expect(widthOf({ [today]: 500 * hourMs }, lookback)).toBe(lookback);
    expect(widthOf({ [today]: 500 * hourMs }, 0)).toBe(hourMs);
  });
});
