import { type Clock, systemClock, utcDayOfMs } from "../../src/time/clock.ts";

/** No file of tests takes so long, milliseconds. */
const longMs = 10 * 60_000;
/** Only where midnight UTC is near: the times of files stay close to it. */
const begun = systemClock.now();
const behindMs = utcDayOfMs(begun + longMs) === utcDayOfMs(begun) ? 0 : longMs;

/** For tests that know which day it is: on it the day does not end while they run. */
export const oneDayClock: Clock = { ...systemClock, now: () => systemClock.now() - behindMs };

/** Its UTC day. */
export const today = utcDayOfMs(begun - behindMs);
