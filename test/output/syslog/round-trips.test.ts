import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RoundTrips } from "../../../src/output/syslog/round-trips.ts";

const minute = 60_000;
const took = (trips: RoundTrips, ms: number, busyMs: number, at = minute) =>
  trips.next({ from: at, to: at + ms, busyMs });

describe("how long the way to a receiver takes", () => {
  it("is what it took, where the thread did nothing else", () => {
    const trips = new RoundTrips();
    expect(took(trips, 40, 0)).toBe(40);
    expect(took(trips, 1, 0)).toBe(1);
    expect(took(trips, 40, 0)).toBe(40);
    expect(took(trips, 40, 1)).toBe(39);
  });

  it("is twice the least of the last minutes, where it did", () => {
    const trips = new RoundTrips();
    expect(took(trips, 9, 9)).toBe(9);
    expect(took(trips, 0.5, 0.5)).toBe(0.5);
    expect(took(trips, 9, 9)).toBe(1);
    expect(took(trips, 9, 9, 6 * minute)).toBe(1);
  });

  it("follows a path that has become slower", () => {
    const trips = new RoundTrips();
    took(trips, 0.5, 0.5);
    expect(took(trips, 9, 9, 11 * minute)).toBe(9);
    const kept = new RoundTrips();
    took(kept, 0.5, 0.5);
    expect(took(kept, 9, 9, 6 * minute)).toBe(1);
    expect(took(kept, 9, 9, 10 * minute)).toBe(9);
  });

  it("is never less than was waited, nor more than it took", () => {
    const ms = fc.double({ min: 0, max: 500, noNaN: true });
    const busy = fc.double({ min: 0, max: 1, noNaN: true });
    const later = fc.integer({ min: 0, max: 20 * minute });
    fc.assert(
      fc.property(fc.array(fc.tuple(ms, busy, later), { maxLength: 40 }), (connections) => {
        const trips = new RoundTrips();
        let at = 0;
        for (const [length, share, after] of connections) {
          at += after;
          const one = { from: at, to: at + length, busyMs: length * share };
          const found = trips.next(one);
          const seen = one.to - one.from;
          expect(found).toBeLessThanOrEqual(seen);
          expect(found).toBeGreaterThanOrEqual(seen - one.busyMs);
        }
      }),
    );
  });
});
