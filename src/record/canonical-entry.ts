import { type Instant, unixNanos } from "../time/clock.ts";
import { type Entry, isAbsent, type Value } from "./entry.ts";
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, Scanner } from "./json-scanner.ts";
import { isReadTime } from "./read-time.ts";

type Member = readonly [key: string, json: string];

/**
 * What an entry says, as one text for all that say the same: sorted keys, no white space, its `time` as a
 * number, and without what is filled in when it is read.
 */
export function canonicalEntry(entry: Entry, time: Instant | undefined): string {
  const members: Member[] = [];
  for (let at = 0; at < entry.size; at += 1) {
    const key = entry.key(at);
    if (isAbsent(entry, at) || isReadTime(key)) continue;
    members.push([
      key,
      key === "timestamp" && time !== undefined ? `"${unixNanos(time)}"` : valueText(entry.value(at)),
    ]);
  }
  return object(members);
}

function valueText(value: Value): string {
  if (value.kind === "literal") return value.text;
  if (value.kind === "nested") return nested(new Scanner(Buffer.from(value.text)));
  return value.plain ? `"${value.text}"` : JSON.stringify(value.text);
}

/** Nested JSON (known to be well formed): sorted keys, no white space, numbers as they were written. */
function nested(scanner: Scanner): string {
  if (scanner.take(openBracket))
    return `[${sequence(scanner, closeBracket, () => nested(scanner)).join(",")}]`;
  if (scanner.take(openBrace)) return object(sequence(scanner, closeBrace, () => member(scanner)));
  const value = scanner.value(0);
  if (value === undefined) return "";
  return value.kind === "string" ? JSON.stringify(value.text) : value.text;
}

function member(scanner: Scanner): Member {
  scanner.peek();
  const key = scanner.string() ?? "";
  scanner.take(colon);
  return [key, nested(scanner)];
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
