import { describe, expect, it } from "vitest";
import { Wakeup } from "../../src/time/wakeup.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const never = new AbortController().signal;

describe("a wakeup", () => {
  it("ends every wait at once", async () => {
    const clock = new ManualClock(0);
    const wakeup = new Wakeup(clock);
    const waits = [wakeup.wait(1e9, never), wakeup.wait(1e9, never)];
    wakeup.wake();
    await Promise.all(waits);
  });

  it("is not missed when it comes between the mark and the wait", async () => {
    const clock = new ManualClock(0);
    const wakeup = new Wakeup(clock);
    const mark = wakeup.mark();
    wakeup.wake();
    const before = clock.monotonic();
    await wakeup.wait(1e9, never, mark);
    expect(clock.monotonic()).toBe(before);
  });

  it("counts for the next wait only with its mark", async () => {
    const clock = new ManualClock(0);
    const wakeup = new Wakeup(clock);
    wakeup.wake();
    await wakeup.wait(500, never, wakeup.mark());
    expect(clock.monotonic()).toBe(500);
  });

  it("does not wait when it is told to stop", async () => {
    const clock = new ManualClock(0);
    await new Wakeup(clock).wait(1e9, AbortSignal.abort());
    expect(clock.monotonic()).toBe(0);
  });
});
