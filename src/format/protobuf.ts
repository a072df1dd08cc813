import type { Section, Writer } from "../text/writer.ts";

// The protobuf wire format (protobuf.dev/programming-guides/encoding): fields in front of their values, and
// lengths in front of what is inside.

const lengthDelimited = 2;
const fixed64Type = 1;
/** Of nearly all messages: 128 to 16,383 bytes. */
const usualLengthBytes = 2;
const halfWord = 2 ** 32;
/** Bytes of the longest varint. */
export const longestVarint = 10;

/** A number from 0 to 2^53 - 1. */
export function writeVarint(into: Writer, value: number): void {
  into.room(longestVarint);
  into.size = putVarint(into.bytes, into.size, value);
}

/** The same into bytes that have room for it; gives back where it ends. */
export function putVarint(bytes: Buffer, start: number, value: number): number {
  if (value < 0x80) {
    bytes[start] = value;
    return start + 1;
  }
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  bytes[at++] = rest;
  return at;
}

/** A whole number of 64 bits with its sign. */
export function writeInt64(into: Writer, value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  into.room(longestVarint);
  while (rest >= 0x80n) {
    into.bytes[into.size++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  into.bytes[into.size++] = Number(rest);
}

/** How many bytes a varint takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let least = 0x80; least <= value; least *= 0x80) size += 1;
  return size;
}

/** What stands in front of a field with a length. */
export function lengthTag(field: number): number {
  return (field << 3) | lengthDelimited;
}

/** A field of 64 bits from two numbers of 32. */
function writeFixed64(into: Writer, field: number, high: number, low: number): void {
  into.room(9);
  into.bytes[into.size] = (field << 3) | fixed64Type;
  into.view.setUint32(into.size + 1, low, true);
  into.view.setUint32(into.size + 5, high, true);
  into.size += 9;
}

/** Nanoseconds since 1970 as such a field, exact to 2^64. */
export function writeUnixNanos(into: Writer, field: number, seconds: number, nanos: number): void {
  // seconds * 10^9 in two steps: 10^9 is 2^9 * 1953125, and what a double holds exactly ends at 2^53.
  const low = (seconds % 65_536) * 1_000_000_000 + nanos;
  const high = Math.floor(seconds / 65_536) * 1_000_000_000;
  // The whole is high * 2^16 + low.
  const sumLow = (high % 65_536) * 65_536 + (low % halfWord);
  const sumHigh = Math.floor(high / 65_536) + Math.floor(low / halfWord) + Math.floor(sumLow / halfWord);
  writeFixed64(into, field, sumHigh, sumLow % halfWord);
}

/** A field of text that is always the same, its length included. */
export function constantField(field: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  return constantMessage(field, bytes);
}

/** A message around bytes, as a field. */
export function constantMessage(field: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([messageStart(field, parts), ...parts]);
}

/** What stands in front of the parts of a message. */
export function messageStart(field: number, parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([Buffer.from([lengthTag(field)]), varint(size)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Begins a field whose length shows only at its end; what comes back goes to `endMessage`. */
export function beginMessage(into: Writer, field: number): number {
  into.byte(lengthTag(field));
  return into.open(message);
}

/** Puts the length in its place. */
export function endMessage(into: Writer, begun: number): void {
  into.close(message, begun);
}

const message: Section = {
  reserve: usualLengthBytes,
  of: { type: "message" },
  /** What was written makes way where the length takes more or less than usual. */
  close(into, begun) {
    const length = into.size - begun;
    const size = varintSize(length);
    into.room(size);
    if (size !== usualLengthBytes) into.bytes.copyWithin(begun + size - usualLengthBytes, begun, into.size);
    putVarint(into.bytes, begun - usualLengthBytes, length);
    into.size += size - usualLengthBytes;
    return true;
  },
};
