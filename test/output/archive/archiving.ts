import type { AuditEvent } from "../../../src/event/event.ts";
import type { RetryResult } from "../../../src/output/output.ts";
import { sampleEvent as plain } from "../../contract/sample-event.ts";

export function retryOf(error: unknown): RetryResult {
  return { status: "retry", reason: "server_error", detail: String(error) };
}

/** As it is decoded from its record. */
export function sampleEvent(number: number): AuditEvent {
  return { ...plain(number), time: { seconds: 1_785_589_934, nanos: 0 } };
}

export function sampleEvents(count: number, from = 1): AuditEvent[] {
  return Array.from({ length: count }, (_, index) => sampleEvent(from + index));
}
