import type { Origin } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import { instantOfMs, utcDayOfMs } from "../time/clock.ts";
import { testAction } from "./own-actions.ts";

/**
 * A record as no W&B server sends it, to try an output with. Its uid begins with `test-`: an audit event's is
 * 32 hexadecimal digits, so the two are never taken for each other.
 */
export function testRecord({ source }: Origin, guid: string, nowMs: number): SpooledRecord {
  const timestamp = new Date(nowMs).toISOString();
  return {
    seq: 0,
    source,
    uid: `test-${guid}`,
    day: utcDayOfMs(nowMs),
    bytes: Buffer.from(JSON.stringify({ timestamp, action: testAction })),
    late: false,
    observed: instantOfMs(nowMs),
  };
}

/** Whether a payload, in whatever format, is that of a test event. */
export function isTestEvent(payload: string): boolean {
  return payload.includes(testAction);
}
