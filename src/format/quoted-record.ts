import type { AsWritten } from "../event/as-written.ts";
import type { AuditEvent } from "../event/event.ts";
import { number } from "../record/json-scanner.ts";
import { knownKeys } from "../record/known-keys.ts";
import { asciiBit, stride } from "../record/span-block.ts";
import { copyBytes, viewOf } from "../text/copy.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Writer } from "../text/writer.ts";

const digitsForm = number | asciiBit;
const backslash = 0x5c;
const quotation = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const beforeDigits = knownKeys.map((key) => viewOf(constant(`,\\"${key}\\":`)));
const beforeText = knownKeys.map((key) => viewOf(constant(`,\\"${key}\\":\\"`)));

/** A record that can be copied, as a part: see `writeQuotedRecord`. */
export const quotedRecord = partOf<AuditEvent>("quoted", (into, { asWritten }) => {
  writeQuotedRecord(into, asWritten as AsWritten);
  return true;
});

/**
 * Writes a record that can be copied as it stands between the quotation marks of a JSON string. Of one that
 * is nothing but known members, whose values need no escapes, these are put together again: nearly every
 * tenth byte would have to be escaped.
 */
export function writeQuotedRecord(into: Writer, asWritten: AsWritten): void {
  const { memory, view: record, from, to, members } = asWritten;
  if (members === undefined) {
    into.escapedCopy(memory, from, to);
    return;
  }
  into.notes?.unforeseen();
  into.room(2 * (to - from));
  const { bytes, view, size: begun } = into;
  let size = begun;
  const end = knownKeys.length + asWritten.memberCount * stride;
  for (let at = knownKeys.length; at < end; at += stride) {
    const key = members[at] as number;
    const start = members[at + 2] as number;
    const length = (members[at + 3] as number) - start;
    const isText = members[at + 1] !== digitsForm;
    const before = (isText ? beforeText[key] : beforeDigits[key]) as DataView;
    copyBytes(before, 0, view, size, before.byteLength);
    size += before.byteLength;
    copyBytes(record, start, view, size, length);
    size += length;
    if (!isText) continue;
    bytes[size] = backslash;
    bytes[size + 1] = quotation;
    size += 2;
  }
  bytes[begun] = openBrace;
  bytes[size] = closeBrace;
  into.size = size + 1;
}
