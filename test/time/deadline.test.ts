import { describe, expect, it } from "vitest";
import { deadlineAfter } from "../../src/time/deadline.ts";
import { lookedAgain } from "../../src/time/turn.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const turn = () => new Promise(setImmediate);
const never = new AbortController().signal;

describe("a deadline", () => {
  it("aborts with a timeout when its time on the clock is over", async () => {
    const clock = new ManualClock(0);
    const { signal } = deadlineAfter(clock, 5_000, never);
    expect(signal.aborted).toBe(false);
    await turn();
    expect(clock.monotonic()).toBe(5_000);
    await lookedAgain();
    expect(signal.reason).toMatchObject({ name: "TimeoutError", message: "no answer within 5 s" });
  });

  it("lets what came while the process was stopped arrive before it is over", async () => {
    const { signal, clear } = deadlineAfter(new ManualClock(0), 5_000, never);
    await turn();
    // The time is over; what the network has brought is only looked at now.
    clear();
    await lookedAgain();
    expect(signal.aborted).toBe(false);
  });

  it("aborts with its parent's reason, at once when that has aborted before", () => {
    const clock = new ManualClock(0);
    const parent = new AbortController();
    const before = deadlineAfter(clock, 5_000, parent.signal);
    parent.abort("stopping");
    expect(before.signal.reason).toBe("stopping");
    expect(deadlineAfter(clock, 5_000, parent.signal).signal.reason).toBe("stopping");
  });

  it("does nothing any more once it is cleared", async () => {
    const clock = new ManualClock(0);
    const parent = new AbortController();
    const { signal, clear } = deadlineAfter(clock, 5_000, parent.signal);
    clear();
    await turn();
    parent.abort();
    expect(signal.aborted).toBe(false);
  });
});
