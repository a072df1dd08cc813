import { closeBrace, comma, number, openBrace, ordinary, plainString, quotation } from "./json-scanner.ts";
import { knownKeyAt, knownKeys } from "./known-keys.ts";
import { asciiBit, stride } from "./span-block.ts";

const digitZero = 0x30;
const digitNine = 0x39;
const wide = 2;
const asciiString = plainString | asciiBit;
const asciiNumber = number | asciiBit;

const keyBytes = knownKeys.map((key) => Buffer.from(`"${key}":`));
/**
 * By key, the one that followed it last: servers write their keys in one order. The last is the first key's.
 */
const followers = new Uint8Array(knownKeys.length + 1);
const beginning = knownKeys.length;

/**
 * Reads the entry at `from`, before `to`, that is written as nearly all are: known keys, each once, values
 * that are texts without escapes or whole numbers, and no white space. Writes its spans behind the slots at
 * `base`, which are 0. Gives back how many members it has; -1 for any other, of which nothing is said.
 */
export function readRegularAt(
  bytes: Buffer,
  from: number,
  to: number,
  spans: Int32Array,
  base: number,
): number {
  const first = base + knownKeys.length;
  let size = 0;
  let before = beginning;
  if (bytes[from] !== openBrace) return -1;
  for (let at = from + 1; at < to; ) {
    let key = followers[before] as number;
    if (!isKeyAt(bytes, at, to, keyBytes[key] as Buffer)) {
      if (bytes[at] !== quotation) return -1;
      key = knownKeyAt(bytes, at + 1);
      if (key === -1 || !isKeyAt(bytes, at, to, keyBytes[key] as Buffer)) return -1;
      followers[before] = key;
    }
    if (spans[base + key] !== 0) return -1;
    before = key;
    const start = at + (keyBytes[key] as Buffer).length;
    const span = first + size * stride;
    size += 1;
    spans[base + key] = size;
    spans[span] = key;
    if (bytes[start] === quotation) {
      let seen = 0;
      at = start + 1;
      for (let what = 1; at < to; at += 1) {
        what = ordinary[bytes[at] as number] as number;
        if (what === 0) break;
        seen |= what;
      }
      if (at + 1 >= to || bytes[at] !== quotation) return -1;
      spans[span + 1] = seen < wide ? asciiString : plainString;
      spans[span + 2] = start + 1;
      spans[span + 3] = at;
      at += 1;
    } else {
      at = digitsEnd(bytes, start, to);
      if (at === start || at >= to || (at > start + 1 && bytes[start] === digitZero)) return -1;
      spans[span + 1] = asciiNumber;
      spans[span + 2] = start;
      spans[span + 3] = at;
    }
    if (bytes[at] === comma) at += 1;
    else return bytes[at] === closeBrace ? size : -1;
  }
  return -1;
}

/** The same of all of `bytes`. */
export function readRegular(bytes: Buffer, spans: Int32Array, base: number): number {
  const size = readRegularAt(bytes, 0, bytes.length, spans, base);
  return size !== -1 && regularEnd(spans, base, size) === bytes.length ? size : -1;
}

/** Behind the last bracket of an entry that `readRegularAt` has read, of so many members. */
export function regularEnd(spans: Int32Array, base: number, size: number): number {
  const span = base + knownKeys.length + (size - 1) * stride;
  return (spans[span + 3] as number) + (spans[span + 1] === asciiNumber ? 1 : 2);
}

/** `key` is a key between its quotation marks, with the colon behind it. */
function isKeyAt(bytes: Buffer, at: number, to: number, key: Buffer): boolean {
  if (at + key.length >= to) return false;
  for (let place = 0; place < key.length; place += 1) if (bytes[at + place] !== key[place]) return false;
  return true;
}

function digitsEnd(bytes: Buffer, start: number, to: number): number {
  let end = start;
  while (end < to && (bytes[end] as number) >= digitZero && (bytes[end] as number) <= digitNine) end += 1;
  return end;
}
