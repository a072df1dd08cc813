import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deadlineAfter } from "../../src/time/deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("deadlineAfter", () => {
  it("aborts when its time is over, and says how long that was", () => {
    const { signal } = deadlineAfter(500, new AbortController().signal);
    vi.advanceTimersByTime(499);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ name: "TimeoutError", message: "no answer within 500 ms" });
  });

  it("passes on what its parent says, before or after it was made", () => {
    const reason = new Error("stopping");
    const parent = new AbortController();
    const before = deadlineAfter(500, parent.signal);
    parent.abort(reason);
    const after = deadlineAfter(500, parent.signal);
    expect([before.signal.reason, after.signal.reason]).toEqual([reason, reason]);
    before.clear();
    after.clear();
  });

  it("leaves no timer behind and aborts no more once it is cleared", () => {
    const parent = new AbortController();
    const { signal, clear } = deadlineAfter(500, parent.signal);
    clear();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    parent.abort();
    expect(signal.aborted).toBe(false);
  });
});
