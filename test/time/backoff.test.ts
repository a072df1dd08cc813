import { describe, expect, it } from "vitest";
import { backoffMs, jittered } from "../../src/time/backoff.ts";

const bounds = { minMs: 1000, maxMs: 60_000 };
const highest = () => 0.999_999;

describe("backoffMs", () => {
  it("doubles its ceiling with each failure, up to the most", () => {
    const ceilings = [1, 2, 3, 4, 7, 8].map((failures) => Math.ceil(backoffMs(failures, bounds, highest)));
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000]);
  });

  it("takes any part of the ceiling, so that many daemons do not come back together", () => {
    expect(backoffMs(3, bounds, () => 0.5)).toBe(2000);
  });

  it("never spins: a tenth of the least at least", () => {
    expect(backoffMs(5, bounds, () => 0)).toBe(100);
    expect(backoffMs(0, bounds, () => 0)).toBe(100);
  });

  it("stays a number after any number of failures", () => {
    expect(backoffMs(1e9, bounds, () => 0.5)).toBe(30_000);
  });
});

describe("jittered", () => {
  it("gives or takes a tenth", () => {
    expect(jittered(1000, () => 0)).toBe(900);
    expect(jittered(1000, () => 0.5)).toBe(1000);
    expect(jittered(1000, highest)).toBeLessThan(1100);
  });
});
