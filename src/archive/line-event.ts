import { decode } from "../event/decode.ts";
import type { AuditEvent } from "../event/event.ts";
import { parseTimestamp } from "../record/timestamp.ts";
import type { ArchiveLine } from "./line.ts";

/** What a record of an archive says. Never throws. */
export function eventOfLine({ uid, source, instance, firstSeen, fault, record }: ArchiveLine): AuditEvent {
  const origin = { source, instance, baseUrl: "", anonymize: false };
  const observed = parseTimestamp(firstSeen) ?? { seconds: 0, nanos: 0 };
  const spooled = { seq: 0, source, uid, day: 0, bytes: record, late: false, observed };
  return decode(fault === undefined ? spooled : { ...spooled, fault }, origin);
}
