import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { thinner } from "../../src/report/thin.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const minute = 60_000;
const failed = (output: string, reason = "timeout"): Report =>
  ({ type: "delivery_failed", output, reason, detail: "", retryInMs: 1, seconds: 1 }) as Report;
const pollFailed = (source: string): Report =>
  ({
    type: "poll_failed",
    source,
    reason: "timeout",
    message: "",
    fix: "",
    retryInMs: 1,
    seconds: 1,
  }) as Report;

function thinned() {
  const clock = new ManualClock(0);
  return { clock, thin: thinner(clock) };
}

describe("thinner", () => {
  it("lets the first through, then one a minute with how many were left out", () => {
    const { clock, thin } = thinned();
    expect([0, 1, 2].map(() => thin(failed("siem")))).toEqual([0, undefined, undefined]);
    clock.advance(minute - 1);
    expect(thin(failed("siem"))).toBeUndefined();
    clock.advance(1);
    expect(thin(failed("siem"))).toBe(3);
    expect(thin(failed("siem"))).toBeUndefined();
  });

  it("tells hops, kinds and reasons apart", () => {
    const { thin } = thinned();
    const different = [failed("siem"), failed("lake"), failed("siem", "dns"), pollFailed("siem")];
    expect(different.map(thin)).toEqual([0, 0, 0, 0]);
  });

  it("goes by a clock that nobody can set", () => {
    const { clock, thin } = thinned();
    thin(failed("siem"));
    clock.jump(10 * minute);
    expect(thin(failed("siem"))).toBeUndefined();
  });

  it("starts afresh with a hop that recovered, and with no other", () => {
    const { thin } = thinned();
    for (const report of [failed("siem"), failed("lake"), pollFailed("siem")]) thin(report);
    thin({ type: "output_recovered", output: "siem", failures: 1, failedSeconds: 1 });
    expect(thin(failed("siem"))).toBe(0);
    expect(thin(failed("lake"))).toBeUndefined();
    expect(thin(pollFailed("siem"))).toBeUndefined();
    thin({ type: "source_recovered", source: "siem", failures: 1, failedSeconds: 1 });
    expect(thin(pollFailed("siem"))).toBe(0);
  });

  it("tells what never changes by itself once a day", () => {
    const { clock, thin } = thinned();
    const gap: Report = {
      type: "source_gap",
      source: "prod",
      day: "2026-08-01",
      reason: "refused",
    } as Report;
    expect(thin(gap)).toBe(0);
    clock.advance(23 * 60 * minute);
    expect(thin(gap)).toBeUndefined();
    clock.advance(60 * minute);
    expect(thin(gap)).toBe(1);
  });

  it("never thins what happens once", () => {
    const { thin } = thinned();
    const stopping: Report = { type: "stopping", why: "SIGTERM" };
    expect([thin(stopping), thin(stopping)]).toEqual([0, 0]);
  });

  it("forgets rather than grow with what others make up", () => {
    const { thin } = thinned();
    for (let number = 0; number < 2001; number++)
      thin({ type: "source_notice", source: "prod", text: `notice ${number}` });
    expect(thin({ type: "source_notice", source: "prod", text: "notice 0" })).toBe(0);
  });
});
