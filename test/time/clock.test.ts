import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayText, systemClock, unixNanos, utcDayOfMs, wallTime } from "../../src/time/clock.ts";
import { ManualClock } from "../fake/manual-clock.ts";

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

describe("the system's clock", () => {
  it("sleeps no longer than until it is stopped, and not at all when it is stopped already", async () => {
    const began = systemClock.monotonic();
    const stop = new AbortController();
    const sleeping = systemClock.sleep(600_000, stop.signal);
    stop.abort();
    await sleeping;
    await systemClock.sleep(600_000, AbortSignal.abort());
    expect(systemClock.monotonic() - began).toBeLessThan(600_000);
  });

  it("sleeps at least as long as it is told", async () => {
    const began = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - began).toBeGreaterThanOrEqual(19);
  });
});

describe("days", () => {
  it("are counted in UTC, from midnight to midnight", () => {
    expect(utcDayOfMs(0)).toBe(0);
    expect(utcDayOfMs(86_399_999)).toBe(0);
    expect(utcDayOfMs(86_400_000)).toBe(1);
    expect(dayText(20_666)).toBe("2026-08-01");
  });
});

describe("wallTime", () => {
  it("tells when a moment of the monotonic clock was, by the wall clock of now", () => {
    const clock = new ManualClock(1_000_000);
    clock.advance(5000);
    expect(wallTime(clock, 2000)).toBe(1_002_000);
    clock.jump(60_000);
    expect(wallTime(clock, 2000)).toBe(1_062_000);
  });
});
