import { expect, it } from "vitest";
import { outputLagSeconds } from "../../src/status/output-lag.ts";

it.each([
  [{ events: 0 }, 0, 0],
  [{ events: 3, oldestObserved: 4_000 }, 0, 6],
  [{ events: 3, oldestObserved: 4_000 }, 5_000, 1],
  [{ events: 3, oldestObserved: 4_000 }, 60_000, 0],
  [{ events: 3, oldestObserved: 20_000 }, 0, 0],
  [{ events: 1 }, 0, 0],
])("%o with %i ms to wait on purpose is %i s behind", (backlog, rollMs, seconds) => {
  expect(outputLagSeconds(backlog, rollMs, 10_000)).toBe(seconds);
});
