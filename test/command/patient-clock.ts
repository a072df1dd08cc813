import { type Clock, systemClock } from "../../src/time/clock.ts";

/** For a service that never looks at files by itself. */
export const patient: Clock = {
  ...systemClock,
  sleep: (ms, stop) => systemClock.sleep(ms === 5_000 ? 3_600_000 : ms, stop),
};
