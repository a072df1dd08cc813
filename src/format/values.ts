import type { AuditEvent } from "../event/event.ts";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";
import { quote } from "../text/json-text.ts";
import type { Writer } from "../text/writer.ts";

// The values of an event's known keys, each by its place in `knownKeys`: copied from the record where it
// stands there as it is, else made from its text.

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
  const { asWritten } = event;
  const member = asWritten === undefined ? -1 : asWritten.member(key);
  if (asWritten === undefined || member === -1) into.text(textOf(event, key));
  else into.copy(asWritten.bytes, asWritten.start(member), asWritten.end(member));
}

/** The same as it stands between the quotation marks of a JSON string. */
export function writeInside(into: Writer, event: AuditEvent, key: number): void {
  const { asWritten } = event;
  const member = asWritten === undefined ? -1 : asWritten.member(key);
  if (asWritten === undefined || member === -1) into.text(quote(textOf(event, key)).slice(1, -1));
  else into.copy(asWritten.bytes, asWritten.start(member), asWritten.end(member));
}

/** The same behind a constant that ends with a quotation mark, and with one at its end. */
export function writeEnclosed(into: Writer, before: Buffer, event: AuditEvent, key: number): void {
  if (event.asWritten?.enclose(into, before, key, quotation)) return;
  into.constant(before);
  into.text(quote(textOf(event, key)).slice(1));
}

const quotation = 0x22;
