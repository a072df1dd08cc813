import type { AuditEvent } from "../event/event.ts";
import { knownKeys, place } from "../record/known-keys.ts";
import { quote, withoutLineBreaks } from "../text/json-text.ts";
import { constant, type Writer } from "../text/writer.ts";
import { has, writeAddress, writeEnclosed } from "./values.ts";

// Members of a JSON object begin with a comma each, so that absent ones can be nothing at all. What begins an
// object puts a brace in the place of the first comma when it ends.

const openBrace = 0x7b;
const closeBrace = 0x7d;
const quotation = 0x22;

/** What stands before a member's value, and before one that is a text, its quotation mark included. */
export interface MemberName {
  readonly before: Buffer;
  readonly beforeText: Buffer;
}

/** The name of a member, which needs no escapes. */
export function memberName(name: string): MemberName {
  return { before: constant(`,"${name}":`), beforeText: constant(`,"${name}":"`) };
}

/** Nothing for an absent or empty value. */
export function textMember(name: string, value: string | undefined): string {
  return value === undefined || value === "" ? "" : `,"${name}":${quote(value)}`;
}

/** The same, written, of a value that is the same for all events of a kind. */
export function writeTextMember(into: Writer, name: MemberName, value: string | undefined): void {
  if (value === undefined || value === "") return;
  into.constant(name.before);
  into.fixed(quote(value));
}

/** The event's address; nothing where it has none. */
export function writeAddressMember(into: Writer, name: MemberName, event: AuditEvent): void {
  if (event.ip === undefined) return;
  into.constant(name.beforeText);
  writeAddress(into, event);
  into.byte(quotation);
}

/** The value of a known key, by its place in `knownKeys`; nothing where it has none. */
export function writeValueMember(into: Writer, name: MemberName, event: AuditEvent, key: number): void {
  if (has(event, key)) writeEnclosed(into, name.beforeText, event, key);
}

/** Begins a member that is an object; what comes back goes to `endObject`. */
export function beginObject(into: Writer, name: MemberName): number {
  into.constant(name.before);
  return into.size;
}

/** Ends the object whose members were written since; of one without members nothing is left. */
export function endObject(into: Writer, begun: number, { before }: MemberName): void {
  if (into.size === begun) {
    into.takeBack(begun - before.length);
    return;
  }
  into.bytes[begun] = openBrace;
  into.byte(closeBrace);
}

/** The object with these members. */
export function object(members: string): string {
  return `{${members.slice(1)}}`;
}

/** Nothing for an empty list. */
export function listMember(name: string, values: readonly string[]): string {
  return values.length === 0 ? "" : `,"${name}":[${values.map(quote).join(",")}]`;
}

const furtherNames = knownKeys.map(memberName);

/** Every present known key under its own name: texts, and the response code as a number. */
export function writeKnownMembers(into: Writer, event: AuditEvent): void {
  const { code } = event;
  for (let key = 0; key < knownKeys.length; key += 1) {
    if (key !== place.response_code) writeValueMember(into, furtherNames[key] as MemberName, event, key);
    else if (code !== undefined) {
      into.constant((furtherNames[key] as MemberName).before);
      into.fixed(String(code));
    }
  }
}

/** Names with well-formed JSON texts, whose values stay as they were written. */
export function jsonMembers(pairs: readonly (readonly [name: string, json: string])[]): string {
  let members = "";
  for (const [name, json] of pairs) members += `,${quote(name)}:${withoutLineBreaks(json)}`;
  return members;
}
