import { type Entry, entryTime } from "../../record/entry.ts";
import type { EntryRows } from "../../record/entry-rows.ts";
import { isLogDay } from "../../record/log-days.ts";
import { parseEntry } from "../../record/parse-entry.ts";
import type { Instant } from "../../time/clock.ts";
import { likenessOf } from "./error-report.ts";

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const daySeconds = 86_400;

/**
 * Reads all lines of a passage into rows. False where one of them is no dated entry of the log of at most so
 * many bytes: then nothing is said of any.
 */
export function readRows(rows: EntryRows, parts: readonly Buffer[], maxBytes: number): boolean {
  rows.begin(parts);
  for (let at = 0; at < rows.size; ) {
    const regular = rows.takeRegular(at, maxBytes);
    if (regular !== -1) at = regular;
    else {
      const next = rows.bytes.indexOf(newline, at) + 1;
      if (next === 0 || next > rows.size || !takeOther(rows, at, next - 1, maxBytes)) return false;
      at = next;
    }
  }
  return rows.count > 0;
}

/** The line between these places, as `Lines` has it: without what ends it, and none where it is blank. */
function takeOther(rows: EntryRows, start: number, lineEnd: number, maxBytes: number): boolean {
  if (lineEnd - start > maxBytes) return false;
  const end = lineEnd > start && rows.bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
  const bytes = rows.bytes.subarray(start, end);
  if (bytes.every((byte) => byte <= space)) return true;
  const time = datedTime(parseEntry(bytes));
  if (time !== undefined) rows.take(start, end, time);
  return time !== undefined;
}

function datedTime(entry: Entry | undefined): Instant | undefined {
  if (entry === undefined || likenessOf(entry) !== "record") return undefined;
  const time = entryTime(entry);
  return time !== undefined && isLogDay(Math.floor(time.seconds / daySeconds)) ? time : undefined;
}
