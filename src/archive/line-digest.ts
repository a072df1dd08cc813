import { createHash } from "node:crypto";
import { type Entry, entryTime, isAbsent } from "../record/entry.ts";
import { parseEntry } from "../record/parse-entry.ts";
import { isReadTime } from "../record/read-time.ts";
import { unixNanos } from "../time/clock.ts";
import type { ArchiveLine } from "./line.ts";

/**
 * What the record of a line says, as 16 bytes: the same for two that differ in names which W&B fills in, in
 * when they were seen and by which source. The uid of a line is what somebody wrote beside the record.
 */
export function lineDigest({ date, instance, fault, record }: ArchiveLine): string {
  const entry = fault === undefined ? parseEntry(record) : undefined;
  const place = [date, instance, fault ?? null, entry === undefined ? null : membersOf(entry)];
  const hash = createHash("sha256").update(JSON.stringify(place));
  if (entry === undefined) hash.update(record);
  return hash.digest().toString("latin1", 0, 16);
}

function membersOf(entry: Entry): readonly (readonly [key: string, text: string])[] {
  const time = entryTime(entry);
  const members: [string, string][] = [];
  for (let at = 0; at < entry.size; at += 1) {
    const key = entry.key(at);
    if (isAbsent(entry, at) || isReadTime(key)) continue;
    const isTime = key === "timestamp" && time !== undefined;
    members.push([key, isTime ? String(unixNanos(time)) : entry.value(at).text]);
  }
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
}
