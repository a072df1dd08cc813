import type { AuditEvent } from "../event/event.ts";
import { type KnownKey, knownKeys, place } from "../record/known-keys.ts";
import { quote } from "../text/json-text.ts";
import { partOf } from "../text/part-of.ts";
import type { Part, Writer } from "../text/writer.ts";

// The values of an event, its keys' each by its place in `knownKeys`: copied from the record where it stands
// there as it is, else made from its text.

/** Whether the known key has a value. */
export function has(event: AuditEvent, key: number): boolean {
  if (event.asWritten !== undefined) return event.asWritten.has(key);
  return (event.keys[knownKeys[key] as KnownKey] ?? "") !== "";
}

/** The value of a key that has one. */
export function textOf(event: AuditEvent, key: number): string {
  return event.keys[knownKeys[key] as KnownKey] as string;
}

/** The value of a key that has one, as UTF-8. */
export function writeText(into: Writer, event: AuditEvent, key: number): void {
  if (!copied(into, event, key)) into.part(texts[key] as Part<AuditEvent>, event);
}

/** By the place of their key. */
const texts = knownKeys.map((_, key): Part<AuditEvent> => {
  return (into, event) => {
    into.text(textOf(event, key));
    return true;
  };
});

/** The same as it stands between the quotation marks of a JSON string. */
export function writeInside(into: Writer, event: AuditEvent, key: number): void {
  if (!copiedInside(into, event, key)) into.text(quote(textOf(event, key)).slice(1, -1));
}

/** The same behind a constant that ends with a quotation mark, and with one at its end. */
export function writeEnclosed(into: Writer, before: Buffer, event: AuditEvent, key: number): void {
  into.constant(before);
  if (copiedInside(into, event, key)) into.byte(quotation);
  else into.text(quote(textOf(event, key)).slice(1));
}

/** The address of an event that has one, which needs no escapes. */
export function writeAddress(into: Writer, event: AuditEvent): void {
  const { asWritten } = event;
  const { actor_ip } = place;
  if (asWritten?.addressCopyable)
    into.value(actor_ip, asWritten.memory, asWritten.start(actor_ip), asWritten.end(actor_ip));
  else into.text(event.ip ?? "");
}

/** The uid, which needs no escapes. */
export function writeUid(into: Writer, event: AuditEvent): void {
  into.part(uid, event);
}

const uidBytes = 16;
const uid = partOf<AuditEvent>("uid", (into, event) => {
  const { asWritten } = event;
  if (asWritten === undefined || asWritten.uidAt === -1) into.text(event.uid);
  else into.hex(asWritten.memory, asWritten.uidAt, uidBytes);
  return true;
});

/** False where it cannot be copied. */
function copied(into: Writer, { asWritten }: AuditEvent, key: number): boolean {
  if (!asWritten?.isCopyable(key)) return false;
  into.value(key, asWritten.memory, asWritten.start(key), asWritten.end(key));
  return true;
}

function copiedInside(into: Writer, { asWritten }: AuditEvent, key: number): boolean {
  if (!asWritten?.isCopyableInside(key)) return false;
  into.value(key, asWritten.memory, asWritten.start(key), asWritten.end(key));
  return true;
}

const quotation = 0x22;
