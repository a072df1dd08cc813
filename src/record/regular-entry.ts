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
 * Reads an entry that is written as nearly all are: known keys, each once, values that are texts without
 * escapes or whole numbers, and no white space. Writes its spans behind the slots at `base`, and gives back
 * how many members it has; -1 for any other, of which nothing is said.
 */
export function readRegular(bytes: Buffer, spans: Int32Array, base: number): number {
  const { length } = bytes;
  const first = base + knownKeys.length;
  let size = 0;
  let before = beginning;
  if (length < 2 || bytes[0] !== openBrace) return -1;
  for (let at = 1; at < length; ) {
    let key = followers[before] as number;
    if (!isKeyAt(bytes, at, keyBytes[key] as Buffer)) {
      if (bytes[at] !== quotation) return -1;
      key = knownKeyAt(bytes, at + 1);
      if (key === -1 || !isKeyAt(bytes, at, keyBytes[key] as Buffer)) return -1;
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
      for (let what = 1; at < length; at += 1) {
        what = ordinary[bytes[at] as number] as number;
        if (what === 0) break;
        seen |= what;
      }
      if (at + 1 >= length || bytes[at] !== quotation) return -1;
      spans[span + 1] = seen < wide ? asciiString : plainString;
      spans[span + 2] = start + 1;
      spans[span + 3] = at;
      at += 1;
    } else {
      at = digitsEnd(bytes, start);
      if (at === start || (at > start + 1 && bytes[start] === digitZero)) return -1;
      spans[span + 1] = asciiNumber;
      spans[span + 2] = start;
      spans[span + 3] = at;
    }
    if (bytes[at] === comma) at += 1;
    else return bytes[at] === closeBrace && at + 1 === length ? size : -1;
  }
  return -1;
}

/** `key` is a key between its quotation marks, with the colon behind it. */
function isKeyAt(bytes: Buffer, at: number, key: Buffer): boolean {
  if (at + key.length >= bytes.length) return false;
  for (let place = 0; place < key.length; place += 1) if (bytes[at + place] !== key[place]) return false;
  return true;
}

function digitsEnd(bytes: Buffer, start: number): number {
  let end = start;
  while (end < bytes.length && (bytes[end] as number) >= digitZero && (bytes[end] as number) <= digitNine)
    end += 1;
  return end;
}
