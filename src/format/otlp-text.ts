import { memo } from "../event/memo.ts";
import { copyBytes, viewOf } from "../text/copy.ts";
import { kept, type Writer } from "../text/writer.ts";
import { constantField, lengthTag, longestVarint, putVarint, varintSize } from "./protobuf.ts";

// Attributes of a LogRecord whose value is a text of the event: nearly all that is written of it.

/** Numbers of the fields of LogRecord (opentelemetry/proto/logs/v1), of KeyValue and AnyValue. */
export const field = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  observed: 11,
  eventName: 12,
  key: 1,
  value: 2,
  text: 1,
  integer: 3,
} as const;
const textTag = lengthTag(field.text);
const valueTag = lengthTag(field.value);
const attributeTag = lengthTag(field.attributes);
/** The tags of an attribute, its value and its text, each with a length. */
const mostTagBytes = 3 * (1 + longestVarint);

/** An attribute's name as KeyValue has it. */
export const attributeName = memo((name) => kept(constantField(field.key, name)));

/** The same for those who copy it. */
export const viewOfName: (attribute: string) => DataView = memo((name) => viewOf(attributeName(name)));

/** Writes an attribute whose value stands in memory as it is. */
export function copyAttribute(
  into: Writer,
  name: DataView,
  memory: DataView,
  start: number,
  end: number,
): void {
  const length = end - start;
  beginTextAttribute(into, name, length);
  copyBytes(memory, start, into.view, into.size, length);
  into.size += length;
}

/** The same of any text. Gives back true: nothing is unusual about it. */
export function writeTextAttribute(into: Writer, name: DataView, text: string): boolean {
  const length = asciiLength(text);
  beginTextAttribute(into, name, length === -1 ? Buffer.byteLength(text.toWellFormed()) : length);
  into.text(text);
  return true;
}

/** What stands in front of a text of so many bytes, for which it makes room. */
export function beginTextAttribute(into: Writer, name: DataView, length: number): void {
  const { byteLength } = name;
  const any = 1 + varintSize(length) + length;
  into.room(byteLength + length + mostTagBytes);
  const { bytes, view, size } = into;
  bytes[size] = attributeTag;
  let at = putVarint(bytes, size + 1, byteLength + 1 + varintSize(any) + any);
  copyBytes(name, 0, view, at, byteLength);
  at += byteLength;
  bytes[at] = valueTag;
  at = putVarint(bytes, at + 1, any);
  bytes[at] = textTag;
  into.size = putVarint(bytes, at + 1, length);
}

/** -1 where it is not ASCII. */
function asciiLength(text: string): number {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return -1;
  return text.length;
}
