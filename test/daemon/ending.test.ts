import { expect, it } from "vitest";
import { orWhenFailed, untilAllEnd } from "../../src/daemon/ending.ts";
import { Stopping } from "../../src/daemon/stopping.ts";
import { systemClock } from "../../src/time/clock.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

const loop = (run: (failed: AbortSignal) => Promise<void>) => ({ run });
const failing = loop(() => Promise.reject(new Error("the disk is gone")));

it("has the other loops end where one fails, waits for what they do, and rejects with the first failure", async () => {
  const done: string[] = [];
  const other = loop(async (failed) => {
    await aborted(failed);
    await new Promise(setImmediate);
    done.push("what was delivered is settled");
    throw new Error("and so is this");
  });
  const running = untilAllEnd(systemClock, [failing, other], (failed) => failed);
  await expect(running).rejects.toThrow("the disk is gone");
  expect(done).toEqual(["what was delivered is settled"]);
});

it("does not wait for ever for a loop that hangs, and ends as all do where none fails", async () => {
  const clock = new ManualClock(0);
  const hanging = loop(() => new Promise<void>(() => {}));
  const running = untilAllEnd(clock, [hanging, failing], (failed) => failed);
  await expect(running).rejects.toThrow("the disk is gone");
  expect(clock.monotonic()).toBe(5_000);
  await untilAllEnd(clock, [loop(async () => {}), loop(async () => {})], (failed) => failed);
});

it("a failure is all phases of a stop at once", () => {
  const stopping = new Stopping(systemClock, 1_000);
  const failed = new AbortController();
  const phases = () => {
    const { drain, halt, deadline } = orWhenFailed(stopping, failed.signal);
    return [drain, halt, deadline].map(({ aborted }) => aborted);
  };
  expect(phases()).toEqual([false, false, false]);
  failed.abort();
  expect(phases()).toEqual([true, true, true]);
});
