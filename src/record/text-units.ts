const backslash = 0x5c;
const slash = 0x2f;
const quotation = 0x22;
const letterU = 0x75;
const space = 0x20;
/** What stands behind the backslash for each unit that JSON cannot do without, where it has a short form. */
const shortForms = new Uint8Array(128);
/** And the other way round. */
const meanings = new Uint8Array(128);
for (const [letter, unit] of [
  ["b", 0x08],
  ["t", 0x09],
  ["n", 0x0a],
  ["f", 0x0c],
  ["r", 0x0d],
  ['"', quotation],
  ["\\", backslash],
] as const) {
  shortForms[unit] = letter.charCodeAt(0);
  meanings[letter.charCodeAt(0)] = unit;
}
meanings[slash] = slash;

/**
 * Reads the inside of a JSON string, known to be well formed and UTF-8, into `units` from `to` on: UTF-16, of
 * which there are never more than bytes. Gives back where they end. No text is made of it, because somebody
 * may send one in every few bytes.
 */
export function readUnits(bytes: Buffer, start: number, end: number, units: Uint16Array, to: number): number {
  let size = to;
  for (let at = start; at < end; ) {
    const first = bytes[at] as number;
    if (first === backslash) {
      const letter = bytes[at + 1] as number;
      units[size++] = letter === letterU ? hexUnit(bytes, at + 2) : (meanings[letter] as number);
      at += letter === letterU ? 6 : 2;
    } else if (first < 0x80) {
      units[size++] = first;
      at += 1;
    } else {
      const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      let point = first & (0x7f >> length);
      for (let next = 1; next < length; next += 1)
        point = (point << 6) | ((bytes[at + next] as number) & 0x3f);
      if (length === 4) units[size++] = 0xd7c0 + (point >> 10);
      units[size++] = length === 4 ? 0xdc00 | (point & 0x3ff) : point;
      at += length;
    }
  }
  return size;
}

/**
 * Writes units as the inside of a JSON string, as `JSON.stringify` has it: never longer than what they were
 * read from. Gives back where it ends.
 */
export function writeUnits(units: Uint16Array, start: number, end: number, into: Buffer, to: number): number {
  let size = to;
  for (let at = start; at < end; at += 1) {
    const unit = units[at] as number;
    if (unit < 0x80) {
      const short = shortForms[unit] as number;
      if (short === 0 && unit >= space) into[size++] = unit;
      else if (short === 0) size = writeHex(unit, into, size);
      else {
        into[size++] = backslash;
        into[size++] = short;
      }
    } else if (unit < 0xd800 || unit > 0xdfff) size = writePoint(unit, into, size);
    else if (unit < 0xdc00 && at + 1 < end && ((units[at + 1] as number) & 0xfc00) === 0xdc00) {
      at += 1;
      size = writePoint(((unit - 0xd7c0) << 10) | ((units[at] as number) & 0x3ff), into, size);
    } else size = writeHex(unit, into, size);
  }
  return size;
}

/** As UTF-8; never ASCII. */
function writePoint(point: number, into: Buffer, to: number): number {
  let size = to;
  if (point < 0x800) into[size++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) into[size++] = 0xe0 | (point >> 12);
    else {
      into[size++] = 0xf0 | (point >> 18);
      into[size++] = 0x80 | ((point >> 12) & 0x3f);
    }
    into[size++] = 0x80 | ((point >> 6) & 0x3f);
  }
  into[size++] = 0x80 | (point & 0x3f);
  return size;
}

const digits = Buffer.from("0123456789abcdef");

function writeHex(unit: number, into: Buffer, to: number): number {
  into[to] = backslash;
  into[to + 1] = letterU;
  for (let digit = 0; digit < 4; digit += 1)
    into[to + 2 + digit] = digits[(unit >> (12 - 4 * digit)) & 0xf] as number;
  return to + 6;
}

/** Of four hexadecimal digits. */
function hexUnit(bytes: Buffer, at: number): number {
  let unit = 0;
  for (let digit = at; digit < at + 4; digit += 1) {
    const code = bytes[digit] as number;
    unit = (unit << 4) | (code < 0x3a ? code & 0xf : (code & 0xf) + 9);
  }
  return unit;
}
