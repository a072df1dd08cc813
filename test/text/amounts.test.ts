import { describe, expect, it } from "vitest";
import {
  aheadText,
  clockText,
  counted,
  countText,
  durationText,
  limitText,
  secondText,
  sizeText,
} from "../../src/text/amounts.ts";

describe("amounts for people", () => {
  it.each([
    [0.31, "0.3 s"],
    [-4, "0 s"],
    [9.949, "9.9 s"],
    [9.96, "10 s"],
    [89.4, "89 s"],
    [90, "2 min"],
    [5399, "90 min"],
    [5400, "1.5 h"],
    [172_799, "48 h"],
    [172_800, "2 d"],
    [Number.POSITIVE_INFINITY, "unknown"],
  ])("%d seconds are %s", (seconds, text) => expect(durationText(seconds)).toBe(text));

  it.each([
    [167 * 3600, "167 h"],
    [168 * 3600, "7 d"],
    [17 * 3600, "17 h"],
    [90.5 * 3600, "3.8 d"],
    [30, "30 s"],
  ])("%d seconds that are set are %s", (seconds, text) => expect(limitText(seconds)).toBe(text));

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [10 * 2 ** 30, "10 GiB"],
    [5000 * 2 ** 40, "5000 TiB"],
  ])("%d bytes are %s", (bytes, text) => expect(sizeText(bytes)).toBe(text));

  it("counts have commas, and times have no zone and no letters", () => {
    expect(countText(1_234_567)).toBe("1,234,567");
    expect([0, 1, 1_234].map((count) => counted(count, "event"))).toEqual([
      "0 events",
      "1 event",
      "1,234 events",
    ]);
    expect([1, 2].map((count) => counted(count, "entry", "entries"))).toEqual(["1 entry", "2 entries"]);
    expect([300, -7_200].map(aheadText)).toEqual(["5 min ahead of", "2 h behind"]);
    expect(clockText("2026-08-01T14:05:09.123Z")).toBe("2026-08-01 14:05");
    expect(secondText("2026-08-01T14:05:09.123Z")).toBe("2026-08-01 14:05:09");
  });
});
