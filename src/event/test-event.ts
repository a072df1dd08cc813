import type { Origin } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import { instantOfMs, utcDayOfMs } from "../time/clock.ts";
import { testAction } from "./own-actions.ts";

/**
 * A record as no W&B server sends it, to try an output with. Its uid begins with `test-`: an audit event's is
 * 32 hexadecimal digits, so the two are never taken for each other.
 */
export function testRecord(origin: Origin, guid: string, nowMs: number): SpooledRecord {
  const timestamp = new Date(nowMs).toISOString();
  return rehearsalRecord(origin, { timestamp, action: testAction }, { guid, nowMs });
}

/** The label that every event of a rehearsal carries; no output's labels may have its name. */
export const rehearsalLabel = "wandb_rehearsal";

/** A record that nobody has recorded, with a uid as a test event's. */
export function rehearsalRecord(
  { source }: Origin,
  record: Readonly<Record<string, unknown>>,
  { guid, nowMs }: { readonly guid: string; readonly nowMs: number },
): SpooledRecord {
  return {
    seq: 0,
    source,
    uid: `test-${guid}`,
    day: utcDayOfMs(nowMs),
    bytes: Buffer.from(JSON.stringify(record)),
    late: false,
    observed: instantOfMs(nowMs),
  };
}

/** Whether a payload, in whatever format, is that of a test event, or of one of a rehearsal. */
export function isTestEvent(payload: string): boolean {
  return payload.includes(testAction) || payload.includes(rehearsalLabel);
}
