import { describe, expect, it } from "vitest";
import { unset } from "../../../src/record/log-days.ts";
import { clockGap, serverSkew } from "../../../src/source/wandb-api/skew.ts";

const noon = Date.UTC(2026, 7, 20, 12);
const hour = 3_600_000;
const at = (from: number, to = from) => ({ from, to });
const date = (ms: number) => new Date(ms).toUTCString();

describe("the server's clock", () => {
  it("is compared with ours, when it says anything", () => {
    expect(clockGap(date(noon + hour), at(noon))).toBe(hour);
    expect(clockGap(undefined, at(noon))).toBeUndefined();
    expect(clockGap("yesterday or so", at(noon))).toBeUndefined();
  });

  it("is not different because an answer took its time, or has whole seconds", () => {
    const slow = at(noon, noon + 5 * 60_000);
    for (const written of [noon, noon + 150_000, slow.to]) expect(clockGap(date(written), slow)).toBe(0);
    expect(clockGap(date(slow.to + hour), slow)).toBe(hour);
    expect(clockGap(date(noon - hour), slow)).toBe(-hour);
    expect(clockGap(date(noon), at(noon + 999))).toBe(0);
  });

  it("is the same as ours within a minute, and not believed beyond two days", () => {
    expect(serverSkew(date(noon + 60_000), at(noon))).toBe(0);
    expect(serverSkew(date(noon + 61_000), at(noon))).toBe(61_000);
    expect(serverSkew(date(noon - 47 * hour), at(noon))).toBe(-47 * hour);
    expect(serverSkew(date(noon + 49 * hour), at(noon))).toBe(0);
  });

  it("is believed all the same when ours was never set", () => {
    const unsetClock = Date.UTC(1970, 0, 3);
    expect(serverSkew(date(noon), at(unsetClock))).toBe(noon - unsetClock);
    expect(serverSkew(date(Date.UTC(1980, 0)), at(unsetClock))).toBe(0);
    expect([unset(unsetClock), unset(noon)]).toEqual([true, false]);
  });
});
