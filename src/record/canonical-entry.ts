import { type Instant, unixNanos } from "../time/clock.ts";
import { canonicalNested } from "./canonical-nested.ts";
import { type Entry, isAbsent, type Value } from "./entry.ts";
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
  if (value.kind === "nested") return canonicalNested(value.text);
  return value.plain ? `"${value.text}"` : JSON.stringify(value.text);
}

/** Sorted by UTF-16 units. */
function object(members: readonly Member[]): string {
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(",")}}`;
}
