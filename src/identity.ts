import { hash } from "node:crypto";
import type { Instant } from "./clock.ts";
import type { Entry, Value } from "./entry.ts";
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, Scanner } from "./scanner.ts";

/** Filled in when the entry is read, so the same event may show other values tomorrow: no part of the identity. */
const readTimeKeys: ReadonlySet<string> = new Set([
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_digest",
  "artifact_qualified_name",
  "artifact_sequence_name",
  "artifact_version_index",
  "audit_log_error",
]);
const separator = "\u001f";

/**
 * What an entry is known by, as 32 hexadecimal digits: the same for the API's and the bucket's copy, whatever names are
 * filled in. `day` is the UTC day of its time or, without one, of its first observation. It is the uid of the first of
 * identical entries.
 */
export function identityOf(entry: Entry, time: Instant | undefined, instance: string, day: number): string {
  return digest(instance, canonicalEntry(entry, time), String(day), 1);
}

/** The uid of the `ordinal`-th (from 1) of identical entries of a day. */
export function uidOf(
  entry: Entry,
  time: Instant | undefined,
  instance: string,
  day: number,
  ordinal: number,
): string {
  return digest(instance, canonicalEntry(entry, time), String(day), ordinal);
}

/** The ledger's key of an entry without a valid time: its identity without a day, so that it is still known tomorrow. */
export function ledgerIdentity(entry: Entry, instance: string): string {
  return digest(instance, canonicalEntry(entry, undefined), "", 1);
}

/** What a record that is no entry is known by: its bytes are all there is. */
export function faultIdentity(bytes: Buffer, instance: string): string {
  return faultUid(bytes, instance, 1);
}

/** The uid of the `ordinal`-th (from 1) of identical records that are no entries. */
export function faultUid(bytes: Buffer, instance: string, ordinal: number): string {
  // Hashed first: the bytes may be no text at all, and any number of them.
  return digest(instance, hash("sha256", bytes, "hex"), "", ordinal);
}

function digest(instance: string, content: string, day: string, ordinal: number): string {
  return hash("sha256", instance + separator + content + separator + day + separator + ordinal, "hex").slice(
    0,
    32,
  );
}

/** Compact JSON with sorted keys. A number equals the string of its digits, because backends disagree about ids. */
function canonicalEntry(entry: Entry, time: Instant | undefined): string {
  const { keys, values } = entry;
  const members: string[] = [];
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string;
    const value = values[at] as Value;
    if (value.text === "" || (value.text === "null" && value.kind === "literal") || readTimeKeys.has(key))
      continue;
    const text = key === "timestamp" && time !== undefined ? `"${nanoseconds(time)}"` : canonicalValue(value);
    members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.sort().join(",")}}`;
}

function nanoseconds(time: Instant): string {
  return time.seconds === 0 ? String(time.nanos) : time.seconds + String(time.nanos).padStart(9, "0");
}

function canonicalValue(value: Value): string {
  if (value.kind === "literal") return value.text;
  if (value.kind === "nested") return canonicalNested(new Scanner(value.text));
  return value.plain ? `"${value.text}"` : JSON.stringify(value.text);
}

/** Nested JSON (known to be well formed): sorted keys, no white space, numbers as they were written. */
function canonicalNested(scanner: Scanner): string {
  if (scanner.take(openBracket))
    return `[${sequence(scanner, closeBracket, () => canonicalNested(scanner)).join(",")}]`;
  if (scanner.take(openBrace))
    return `{${sequence(scanner, closeBrace, () => canonicalMember(scanner))
      .sort()
      .join(",")}}`;
  const value = scanner.value(0);
  if (value === undefined) return "";
  return value.kind === "string" ? JSON.stringify(value.text) : value.text;
}

function canonicalMember(scanner: Scanner): string {
  scanner.peek();
  const key = JSON.stringify(scanner.string()?.text ?? "");
  scanner.take(colon);
  return `${key}:${canonicalNested(scanner)}`;
}

function sequence(scanner: Scanner, close: number, next: () => string): string[] {
  const parts: string[] = [];
  if (scanner.take(close)) return parts;
  do parts.push(next());
  while (scanner.take(comma));
  scanner.take(close);
  return parts;
}
