import {
  closeBrace,
  comma,
  escapedString,
  number,
  openBrace,
  plainString,
  quotation,
} from "./json-scanner.ts";
import { knownKeys } from "./known-keys.ts";
import { memoryOf, roomBehind, withRoom } from "./memory-view.ts";
import { asciiBit, stride } from "./span-block.ts";

const backslash = 0x5c;
const digitZero = 0x30;
const digitNine = 0x39;
const asciiString = plainString | asciiBit;
const asciiNumber = number | asciiBit;
const keyBytes = knownKeys.map((key) => Buffer.from(`"${key}":`));
const keyLengths = Uint8Array.from(keyBytes, ({ length }) => length);
/** So many bytes behind an entry are looked at, whatever they are: where it is cut, a key may begin. */
export const lookAhead = Math.max(...keyLengths);
/** Each key in words, the last of which ends where it does, and where its words begin. */
const keyWords = Int32Array.from(keyBytes.flatMap(wordsOf));
const firstWords = Uint16Array.from(keyBytes, (_, key) => keyBytes.slice(0, key).flatMap(wordsOf).length);
/**
 * By key, the one that followed it last: servers write their keys in one order. The last is the first key's.
 */
const followers = new Uint8Array(knownKeys.length + 1);
const beginning = knownKeys.length;
/** Names, which people choose. Nothing but their text is wanted of them, and no identity has it. */
const mayBeEscaped = Uint8Array.from(knownKeys, (key) => (key.endsWith("_name") ? 1 : 0));
/** What stands behind the backslash where `quote` escapes a character with one more. */
const isShortEscape = new Uint8Array(256);
for (const letter of Buffer.from('"\\bfnrt')) isShortEscape[letter] = 1;

/**
 * Reads the entry at `from`, before `to`, that is written as nearly all are: known keys, each once, values
 * that are texts without escapes or whole numbers, and no white space; names may have escapes, where they are
 * those that `quote` writes. Writes its spans behind the slots at `base`, which are 0. Gives back how many
 * members it has; -1 for any other, of which nothing is said.
 */
export function readRegularAt(
  bytes: Buffer,
  from: number,
  to: number,
  spans: Int32Array,
  base: number,
): number {
  const { byteOffset, length } = bytes;
  if (roomBehind(bytes) + length - to < lookAhead)
    return read(withRoom(bytes.subarray(from, to), lookAhead), 0, to - from, spans, base, -from);
  return read(memoryOf(bytes), byteOffset + from, byteOffset + to, spans, base, byteOffset);
}

/** The same in memory with `lookAhead` bytes behind the entry. Its spans are counted from `origin`. */
function read(
  memory: DataView,
  from: number,
  to: number,
  spans: Int32Array,
  base: number,
  origin: number,
): number {
  const first = base + knownKeys.length;
  let size = 0;
  let before = beginning;
  if (from >= to || memory.getUint8(from) !== openBrace) return -1;
  for (let at = from + 1; at < to; at += 1) {
    let key = followers[before] as number;
    if (!isKeyAt(memory, at, key)) {
      key = keyAt(memory, at);
      if (key === -1) return -1;
      followers[before] = key;
    }
    if (spans[base + key] !== 0) return -1;
    before = key;
    const start = at + (keyLengths[key] as number);
    const span = first + size * stride;
    size += 1;
    spans[base + key] = size;
    spans[span] = key;
    if (memory.getUint8(start) === quotation) {
      const ended = textEnd(memory, start + 1, to);
      at = ended < 0 ? ~ended : ended;
      spans[span + 1] = ended < 0 ? plainString : asciiString;
      if (memory.getUint8(at) !== quotation) {
        at = mayBeEscaped[key] === 1 ? escapedEnd(memory, at, to) : -1;
        if (at === -1) return -1;
        spans[span + 1] = escapedString;
      }
      spans[span + 2] = start + 1 - origin;
      spans[span + 3] = at - origin;
      at += 1;
    } else {
      at = digitsEnd(memory, start, to);
      if (at === start || (at > start + 1 && memory.getUint8(start) === digitZero)) return -1;
      spans[span + 1] = asciiNumber;
      spans[span + 2] = start - origin;
      spans[span + 3] = at - origin;
    }
    if (at >= to) return -1;
    const next = memory.getUint8(at);
    if (next !== comma) return next === closeBrace ? size : -1;
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

/** Which known key stands at `at`, between its quotation marks and with the colon behind it; -1 for none. */
function keyAt(memory: DataView, at: number): number {
  for (let key = 0; key < knownKeys.length; key += 1) if (isKeyAt(memory, at, key)) return key;
  return -1;
}

function isKeyAt(memory: DataView, at: number, key: number): boolean {
  const last = at + (keyLengths[key] as number) - 4;
  let word = firstWords[key] as number;
  for (let place = at; place < last; place += 4, word += 1)
    if (memory.getInt32(place, true) !== keyWords[word]) return false;
  return memory.getInt32(last, true) === keyWords[word];
}

function wordsOf(key: Buffer): number[] {
  const words: number[] = [];
  for (let at = 0; at < key.length - 4; at += 4) words.push(key.readInt32LE(at));
  return [...words, key.readInt32LE(key.length - 4)];
}

const highBits = 0x80808080;
const lowBits = 0x7f7f7f7f;

/**
 * Where the first byte from `start` on stands that is not in a text as it is (`ordinary` has them), `to` or
 * more where none does; `~` of it where something before it is not printable ASCII. Looks at four bytes at a
 * time: what is added to seven bits carries into the eighth, and into no other byte.
 */
function textEnd(memory: DataView, start: number, to: number): number {
  let beyond = 0;
  for (let at = start; at < to; at += 4) {
    const word = memory.getInt32(at, true);
    const low = word & lowBits;
    const isOrdinary =
      (((low ^ 0x22222222) + lowBits) & ((low ^ 0x5c5c5c5c) + lowBits) & (low + 0x60606060)) | word;
    const ends = ~isOrdinary & highBits;
    const isBeyond = (word | (low + 0x01010101)) & highBits;
    if (ends !== 0) {
      // The lowest bit that is set is the first byte's, as the word is little-endian.
      const bits = 24 - Math.clz32(ends & -ends);
      const end = at + (bits >> 3);
      return (beyond | (isBeyond & ((1 << bits) - 1))) === 0 ? end : ~end;
    }
    beyond |= isBeyond;
  }
  return to;
}

/** Where the text that `from` is inside of has its end; -1 where an escape in it is not a short one. */
function escapedEnd(memory: DataView, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = memory.getUint8(at);
    if (code === quotation) return at;
    if (code !== backslash || isShortEscape[memory.getUint8(at + 1)] === 0) return -1;
    const ended = textEnd(memory, at + 2, to);
    at = ended < 0 ? ~ended : ended;
  }
  return -1;
}

function digitsEnd(memory: DataView, start: number, to: number): number {
  let end = start;
  while (end < to) {
    const code = memory.getUint8(end);
    if (code < digitZero || code > digitNine) break;
    end += 1;
  }
  return end;
}
