import type { Entry } from "../record/entry.ts";
import type { Origin } from "../record/origin.ts";
import { parseEntry } from "../record/parse-entry.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { SpanBlock } from "../record/span-block.ts";
import { entryEvent, type Provenance } from "./entry-event.ts";
import type { AuditEvent } from "./event.ts";
import { lateTag } from "./kind.ts";
import { rewrite, withheld } from "./rewrite.ts";

/**
 * Personal data as W&B itself withholds it with `anonymize=true`. Servers that do not know the parameter send
 * it all the same.
 */
export const personalKeys: ReadonlySet<string> = new Set([
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_qualified_name",
  "artifact_sequence_name",
]);

/**
 * Never throws: what cannot be read becomes an event with a `fault` and nothing but its text. With a `block`
 * of its own the event is good until that is cleared.
 */
export function decode(record: SpooledRecord, origin: Origin, block?: SpanBlock): AuditEvent {
  const { uid, observed, late } = record;
  const bytes = bufferOf(record.bytes);
  const provenance = { uid, origin, observed, late };
  const entry = record.fault === undefined ? parseEntry(bytes, block) : undefined;
  if (entry === undefined) {
    const raw = bytes.toString("utf8");
    const fault = record.fault ?? "not_json";
    if (origin.anonymize) return faultEvent(withheld(raw), fault, provenance);
    return { ...faultEvent(raw, fault, provenance), bytes };
  }
  const shown =
    origin.anonymize && entry.keys.some((key) => personalKeys.has(key)) ? withoutPersonal(entry) : entry;
  return entryEvent(shown, provenance);
}

/** The event of a record that is no entry. */
export function faultEvent(raw: string, fault: string, provenance: Provenance): AuditEvent {
  const { uid, origin, observed, late } = provenance;
  const nothing = { action: "unknown", keys: {}, ips: [], unmapped: [] };
  const event = { uid, origin, observed, raw, fault, ...nothing };
  return late ? { ...event, late, tags: [lateTag] } : { ...event, tags: [] };
}

function withoutPersonal(entry: Entry): Entry {
  return rewrite(entry, (key, value) => (personalKeys.has(key) ? undefined : value));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
