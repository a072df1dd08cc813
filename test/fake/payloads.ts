import type { AuditEvent } from "../../src/event/event.ts";
import type { Output } from "../../src/output/output.ts";
import { Payloads } from "../../src/output/payloads.ts";
import type { Origin } from "../../src/record/origin.ts";

/** Events as the delivery loop hands them to an output. */
export function payloadsOf(output: Pick<Output, "encode">, events: readonly AuditEvent[]): Payloads {
  const payloads = new Payloads();
  for (const event of events) payloads.add(event, (each, into) => output.encode(each, into));
  return payloads;
}

/** Each payload as text. */
export function textsOf(payloads: Payloads): string[] {
  return Array.from({ length: payloads.count }, (_, index) => payloads.at(index).toString());
}

/** A payload and the uid of its event, where the decoded events of a test have that as their source. */
export interface Sent {
  readonly uid: string;
  readonly payload: string;
}

export function sentOf(payloads: Payloads): Sent[] {
  return textsOf(payloads).map((payload, index) => ({ uid: payloads.origin(index).source, payload }));
}

/** Payloads that are these bytes. */
export function payloadsOfBytes(parts: readonly Buffer[]): Payloads {
  const payloads = new Payloads();
  for (const bytes of parts) payloads.add({ origin: {} as Origin }, (_, into) => into.constant(bytes));
  return payloads;
}

/** What an output makes of one event. */
export function encoded(output: Pick<Output, "encode">, event: AuditEvent): Buffer {
  return payloadsOf(output, [event]).whole();
}
