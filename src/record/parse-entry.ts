import { Entry, slots } from "./entry.ts";
import {
  closeBrace,
  colon,
  comma,
  escapedString,
  number,
  openBrace,
  plainString,
  quotation,
  Scanner,
} from "./json-scanner.ts";
import { type KnownKey, knownKeyAt, knownKeyLengths, knownKeys } from "./known-keys.ts";
import { readRegular } from "./regular-entry.ts";
import { asciiBit, SpanBlock, stride } from "./span-block.ts";

/** More is not an audit entry but an attack. */
const maxKeys = 4096;
/** What a regular entry has at most. */
const regularNumbers = slots + knownKeys.length * stride;

const shared = new SpanBlock();

/**
 * The bytes of one record as an Entry, whose numbers are in `block`. Undefined when they are not a JSON
 * object, which is nested deeper than 64 or has more than 4,096 keys; never throws.
 */
export function parseEntry(bytes: Buffer, block = shared): Entry | undefined {
  block.room(regularNumbers, 0);
  const { spans, free } = block;
  spans.fill(0, free, free + slots);
  const size = readRegular(bytes, spans, free);
  return size === -1 ? parseAny(bytes, block) : entryOf(block, bytes, size, true);
}

/** The same for entries of all kinds. */
export function parseAny(bytes: Buffer, block = shared): Entry | undefined {
  const scanner = new Scanner(bytes);
  if (!scanner.take(openBrace)) return undefined;
  block.room(regularNumbers, 0);
  block.spans.fill(0, block.free, block.free + slots);
  let size = 0;
  let ordinary = true;
  if (!scanner.take(closeBrace)) {
    do {
      if (scanner.peek() !== quotation || size === maxKeys) return undefined;
      const keyAt = scanner.at;
      const place = passKey(scanner);
      if (place === malformed || !scanner.take(colon) || !scanner.pass(1)) return undefined;
      size += 1;
      block.room(slots + size * stride, slots + (size - 1) * stride);
      note(block, scanner, place < 0 ? ~keyAt : place, size);
      const { spans, free } = block;
      if (place < 0 || spans[free + place] !== 0) ordinary = false;
      if (place >= 0) spans[free + place] = size;
    } while (scanner.take(comma));
    if (!scanner.take(closeBrace)) return undefined;
  }
  if (scanner.peek() !== -1) return undefined;
  const entry = entryOf(block, bytes, size, ordinary && !scanner.broken);
  return ordinary ? entry : withLastValues(entry);
}

/** The entry whose numbers stand behind `free`. */
function entryOf(block: SpanBlock, bytes: Buffer, size: number, regular: boolean): Entry {
  const first = block.free + slots;
  block.free = first + size * stride;
  return new Entry(bytes, block.spans, first, size, regular);
}

const unknown = -1;
const malformed = -2;

/** Passes the key that comes next; gives back its place in `knownKeys`. */
function passKey(scanner: Scanner): number {
  const place = knownKeyAt(scanner.bytes, scanner.at + 1);
  if (place !== -1) {
    scanner.at += (knownKeyLengths[place] as number) + 2;
    return place;
  }
  const key = scanner.string();
  if (key === undefined) return malformed;
  return scanner.form === escapedString ? knownKeys.indexOf(key as KnownKey) : unknown;
}

/** The value that the scanner passed last is that of the `size`-th member. */
function note(block: SpanBlock, { form, ascii, start, end }: Scanner, key: number, size: number): void {
  const span = block.free + slots + (size - 1) * stride;
  const { spans } = block;
  spans[span] = key;
  spans[span + 1] = form === number || (form === plainString && ascii) ? form | asciiBit : form;
  spans[span + 2] = start;
  spans[span + 3] = end;
}

/** A key stands where it came first, with the value that came last. */
function withLastValues(entry: Entry): Entry {
  const last = new Map<string, number>();
  for (let at = 0; at < entry.size; at += 1) last.set(entry.key(at), at);
  return last.size === entry.size ? entry : entry.only([...last.values()]);
}
