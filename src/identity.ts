import { hash } from "node:crypto";
import type { Instant } from "./clock.ts";
import type { Entry, Value } from "./entry.ts";
import { knownKeys } from "./known-keys.ts";
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
const secondsPerDay = 86_400;

/**
 * What an entry is known by, as 32 hexadecimal digits: the same for the API's and the bucket's copy, whatever names are
 * filled in. `day` is the UTC day of its time or, without one, of its first observation. It is the uid of the first of
 * identical entries.
 */
export function identityOf(entry: Entry, time: Instant | undefined, instance: string, day: number): string {
  return uidOf(entry, time, instance, day, 1);
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

/** The key in the ledger: the identity, but for an undated entry without a day, so that it is still known tomorrow. */
export function ledgerIdentity(entry: Entry, time: Instant | undefined, instance: string): string {
  const day = time === undefined ? "" : String(Math.floor(time.seconds / secondsPerDay));
  return digest(instance, canonicalEntry(entry, time), day, 1);
}

/** Like `ledgerIdentity` for a record that is no entry: its bytes are all there is to know it by. */
export function faultIdentity(bytes: Buffer, instance: string): string {
  return digest(instance, bytesText(bytes), "", 1);
}

/** Like `uidOf` for a record that is no entry. */
export function faultUid(bytes: Buffer, instance: string, day: number, ordinal: number): string {
  return digest(instance, bytesText(bytes), String(day), ordinal);
}

function digest(instance: string, content: string, day: string, ordinal: number): string {
  const text = instance + separator + content + separator + day + separator + ordinal;
  return hash("sha256", text, "hex").slice(0, 32);
}

/** The bytes may be no text at all, and any number of them. */
function bytesText(bytes: Buffer): string {
  return hash("sha256", bytes, "hex");
}

/**
 * Compact JSON with sorted keys. A number equals the string of its digits, because backends disagree about ids; a
 * timestamp that is no time stays as it was written.
 */
function canonicalEntry(entry: Entry, time: Instant | undefined): string {
  return commonEntry(entry, time) ?? anyEntry(entry, time);
}

const sortedKeys = knownKeys.filter((key) => !readTimeKeys.has(key)).sort();
const timestampPlace = sortedKeys.indexOf("timestamp");
/** Where each known key comes in sorted order; -1 when it is no part of the identity. */
const places = Int8Array.from(knownKeys, (key) => sortedKeys.indexOf(key));
/** What stands before the value of each key when it comes first, and when it follows another. */
const openings = sortedKeys.map((key) => `{"${key}":"`);
const joints = sortedKeys.map((key) => `","${key}":"`);
/** The values of the entry at hand in sorted order; one array for all entries, empty between calls. */
const placed: (Value | undefined)[] = sortedKeys.map(() => undefined);

/** Entries of known keys and ordinary values, which nearly all are: no sorting, no quoting. Undefined for any other. */
function commonEntry(entry: Entry, time: Instant | undefined): string | undefined {
  const { known, values } = entry;
  let ordinary = true;
  for (let at = 0; at < known.length && ordinary; at += 1) {
    const place = known[at] === -1 ? undefined : places[known[at] as number];
    const value = values[at] as Value;
    if (place === -1 || isAbsent(value)) continue;
    if (place === undefined || !value.plain || value.kind === "literal") ordinary = false;
    else placed[place] = value;
  }
  let text = "";
  for (let place = 0; place < placed.length; place += 1) {
    const value = placed[place];
    if (value === undefined) continue;
    placed[place] = undefined;
    text +=
      (text === "" ? openings[place] : joints[place]) +
      (place === timestampPlace && time !== undefined ? nanoseconds(time) : value.text);
  }
  if (!ordinary) return undefined;
  return text === "" ? "{}" : `${text}"}`;
}

type Member = readonly [key: string, json: string];

function anyEntry(entry: Entry, time: Instant | undefined): string {
  const { keys, values } = entry;
  const members: Member[] = [];
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string;
    const value = values[at] as Value;
    if (isAbsent(value) || readTimeKeys.has(key)) continue;
    members.push([
      key,
      key === "timestamp" && time !== undefined ? `"${nanoseconds(time)}"` : canonicalValue(value),
    ]);
  }
  return object(members);
}

function isAbsent(value: Value): boolean {
  return value.text === "" || (value.kind === "literal" && value.text === "null");
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
  if (scanner.take(openBrace)) return object(sequence(scanner, closeBrace, () => canonicalMember(scanner)));
  const value = scanner.value(0);
  if (value === undefined) return "";
  return value.kind === "string" ? JSON.stringify(value.text) : value.text;
}

function canonicalMember(scanner: Scanner): Member {
  scanner.peek();
  const key = scanner.string()?.text ?? "";
  scanner.take(colon);
  return [key, canonicalNested(scanner)];
}

/** Sorted by UTF-16 units. Stable: repeated keys inside a value keep their order. */
function object(members: readonly Member[]): string {
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",")}}`;
}

function sequence<Part>(scanner: Scanner, close: number, next: () => Part): Part[] {
  const parts: Part[] = [];
  if (scanner.take(close)) return parts;
  do parts.push(next());
  while (scanner.take(comma));
  scanner.take(close);
  return parts;
}
