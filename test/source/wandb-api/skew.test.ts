import { describe, expect, it } from "vitest";
import { clockGap, serverSkew, skewNotice, unset } from "../../../src/source/wandb-api/skew.ts";

const noon = Date.UTC(2026, 7, 20, 12);
const hour = 3_600_000;
const date = (ms: number) => new Date(ms).toUTCString();

describe("the server's clock", () => {
  it("is compared with ours, when it says anything", () => {
    expect(clockGap(date(noon + hour), noon)).toBe(hour);
    expect(clockGap(undefined, noon)).toBe(0);
    expect(clockGap("yesterday or so", noon)).toBe(0);
  });

  it("is the same as ours within a minute, and not believed beyond two days", () => {
    expect(serverSkew(date(noon + 60_000), noon)).toBe(0);
    expect(serverSkew(date(noon + 61_000), noon)).toBe(61_000);
    expect(serverSkew(date(noon - 47 * hour), noon)).toBe(-47 * hour);
    expect(serverSkew(date(noon + 49 * hour), noon)).toBe(0);
  });

  it("is believed all the same when ours was never set", () => {
    const unsetClock = Date.UTC(1970, 0, 3);
    expect(serverSkew(date(noon), unsetClock)).toBe(noon - unsetClock);
    expect(serverSkew(date(Date.UTC(1980, 0)), unsetClock)).toBe(0);
    expect([unset(unsetClock), unset(noon)]).toEqual([true, false]);
  });

  it("is told about when it is five minutes off, and again only when that changed as much", () => {
    expect(skewNotice(0, 301_000)).toEqual([expect.stringContaining("5 min ahead of")]);
    expect(skewNotice(0, -hour)).toEqual([expect.stringContaining("60 min behind")]);
    expect(skewNotice(0, 299_000)).toEqual([]);
    expect(skewNotice(hour, hour + 299_000)).toEqual([]);
  });
});
