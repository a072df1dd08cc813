import { copy } from "./copy";

// KeyValue with a string as its value, of OTLP's common.proto: three messages inside each other, each with its
// length in front. The name comes as it is written there, with its own tag and length.

/** The field of LogRecord that has the attributes, KeyValue's value, and AnyValue's string, with lengths. */
const attributes: i32 = 0x32;
const value: i32 = 0x12;
const text: i32 = 0x0a;

/** Writes what stands in front of a text of so many bytes. Gives back where that goes. */
export function beginAttribute(into: i32, name: i32, nameBytes: i32, count: i32): i32 {
  const any = 1 + varintBytes(count) + count;
  store<u8>(into, attributes);
  let out = writeVarint(into + 1, nameBytes + 1 + varintBytes(any) + any);
  copy(out, name, nameBytes);
  out += nameBytes;
  store<u8>(out, value);
  out = writeVarint(out + 1, any);
  store<u8>(out, text);
  return writeVarint(out + 1, count);
}

/** How many bytes such a number takes. */
export function varintBytes(number: i32): i32 {
  return number < 0x80 ? 1 : number < 0x4000 ? 2 : 3;
}

/** Of up to 2^21 - 1, which is more than the memory has. Gives back where it ends. */
export function writeVarint(into: i32, number: i32): i32 {
  let out = into;
  let rest = number;
  while (rest >= 0x80) {
    store<u8>(out, (rest & 0x7f) | 0x80);
    out += 1;
    rest >>= 7;
  }
  store<u8>(out, rest);
  return out + 1;
}
