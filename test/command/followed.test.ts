import { expect, it } from "vitest";
import { followed } from "../../src/command/followed.ts";
import type { Clock } from "../../src/time/clock.ts";

/** States one after the other, and what was done with them. */
function following(states: readonly string[], stopAt = Number.POSITIVE_INFINITY) {
  const log: string[] = [];
  const signals = new Set<() => void>();
  let asked = 0;
  const clock = { sleep: async () => void (asked >= stopAt && [...signals].map((then) => then())) };
  const status = followed(
    { now: async () => ({ state: states[asked++] ?? "gone" }) },
    { progress: ({ state }) => void log.push(state), end: () => void log.push("end") },
    {
      clock: clock as unknown as Clock,
      onSignal(_, then) {
        signals.add(then);
        return () => signals.delete(then);
      },
    },
  );
  return { status, log, signals };
}

it("shows it while it runs, and tells how it ended", async () => {
  const { status, log, signals } = following(["running", "running", "done"]);
  expect(await status).toEqual({ state: "done" });
  expect(log).toEqual(["running", "running", "end"]);
  expect(signals.size).toBe(0);
});

it("leaves it where it is at a signal", async () => {
  const { status, log } = following(["running", "running", "running", "done"], 2);
  expect(await status).toEqual({ state: "running" });
  expect(log).toEqual(["running", "running", "end"]);
});
