import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unixNanos } from "../../src/time/clock.ts";

describe("unixNanos", () => {
  it("is what seconds and nanoseconds make as one number, for every instant that a timestamp can have", () => {
    const seconds = fc.oneof(fc.nat(9_223_372_036), fc.nat(3));
    const nanos = fc.oneof(fc.nat(999_999_999), fc.nat(3));
    fc.assert(
      fc.property(seconds, nanos, (seconds, nanos) => {
        expect(unixNanos({ seconds, nanos })).toBe(String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos)));
      }),
    );
  });
});
