import type { AuditEvent } from "../../event/event.ts";
import { writeOtlpJson } from "../../format/otlp.ts";
import type { OriginRecords } from "../../format/otlp-request.ts";
import type { Writer } from "../../text/writer.ts";
import type { Payloads } from "../payloads.ts";

const comma = 0x2c;

/** A log record as a request in JSON has it. */
export function jsonRecord(original: boolean): (event: AuditEvent, into: Writer) => void {
  return (event, into) => {
    writeOtlpJson(event, into, original);
    into.byte(comma);
  };
}

/** The records of a batch in their order, neighbours from one place together. */
export function byOrigin(batch: Payloads): OriginRecords[] {
  const [first] = batch.count === 0 ? [] : [batch.origin(0)];
  if (first === undefined) return [];
  let alike = true;
  for (let at = 1; at < batch.count && alike; at += 1) alike = batch.origin(at) === first;
  if (alike) return [{ origin: first, records: [batch.whole()] }];
  const groups: { origin: OriginRecords["origin"]; records: Buffer[] }[] = [];
  for (let at = 0; at < batch.count; at += 1) {
    const origin = batch.origin(at);
    const last = groups.at(-1);
    if (last?.origin.source === origin.source && last.origin.instance === origin.instance)
      last.records.push(batch.at(at));
    else groups.push({ origin, records: [batch.at(at)] });
  }
  return groups;
}
