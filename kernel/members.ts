import { escapableAt, escapesAt, followersAt, keyBytes, keyLengthsAt, keysAt } from "./places";

// As in src/record: an entry's slots, one for each known key, and behind them four numbers for each member:
// its key, its form, and where its value starts and ends.

export const slots: i32 = 23;
export const slotBytes: i32 = 92;
export const memberBytes: i32 = 16;
/** Forms of a value: a text that has more than printable ASCII, one with escapes, and the two of ASCII. */
export const wideText: i32 = 0;
export const escapedText: i32 = 1;
export const asciiText: i32 = 8;
export const digits: i32 = 10;

const quotation: i32 = 0x22;
const backslash: i32 = 0x5c;
const comma: i32 = 0x2c;
const openBrace: i32 = 0x7b;
const closeBrace: i32 = 0x7d;

/**
 * Reads the entry at `from`, before `to`, as `readRegularAt` describes it, and writes its numbers to `spans`;
 * places are counted from `origin`. Gives back how many members it has, -1 for any other.
 */
export function readMembers(from: i32, to: i32, spans: i32, origin: i32): i32 {
  clearSlots(spans);
  if (from >= to || load<u8>(from) !== openBrace) return -1;
  const first = spans + slotBytes;
  let size = 0;
  let before = slots;
  for (let at = from + 1; at < to; at += 1) {
    let key: i32 = load<u8>(followersAt + before * 4);
    if (!isKeyAt(at, key)) {
      key = keyBehind(before, at);
      if (key === -1) return -1;
    }
    const slot = spans + key * 4;
    if (load<i32>(slot) !== 0) return -1;
    before = key;
    const member = first + size * memberBytes;
    size += 1;
    store<i32>(slot, size);
    store<i32>(member, key);
    const start = at + <i32>load<u8>(keyLengthsAt + key);
    if (load<u8>(start) === quotation) {
      at = plainEnd(start + 1, to);
      if (load<u8>(at) !== quotation) at = textEnd(start + 1, to, load<u8>(escapableAt + key) === 1);
      else form = asciiText;
      store<i32>(member, form, 4);
      store<i32>(member, start + 1 - origin, 8);
      store<i32>(member, at - origin, 12);
      at += 1;
    } else {
      at = digitsEnd(start, to);
      if (at === start || (at > start + 1 && load<u8>(start) === 0x30)) return -1;
      store<i32>(member, digits, 4);
      store<i32>(member, start - origin, 8);
      store<i32>(member, at - origin, 12);
    }
    if (at >= to) return -1;
    const next: i32 = load<u8>(at);
    if (next !== comma) return next === closeBrace ? size : -1;
  }
  return -1;
}

/** Behind the last bracket of an entry that `readMembers` has read, of so many members. */
export function entryEnd(spans: i32, size: i32): i32 {
  const last = spanOf(spans, size);
  return load<i32>(last, 12) + (load<i32>(last, 4) === digits ? 1 : 2);
}

/** Where the numbers of a member stand. Members are counted from 1, as the slots have them. */
export function spanOf(spans: i32, member: i32): i32 {
  return spans + slotBytes + (member - 1) * memberBytes;
}

/** 16 bytes at a time, the last of which overlap: the call that fills memory leaves WebAssembly for it. */
function clearSlots(spans: i32): void {
  const none = i8x16.splat(0);
  const last = slotBytes - 16;
  for (let at = 0; at < last; at += 16) v128.store(spans + at, none);
  v128.store(spans + last, none);
}

/** Which known key stands at `at`, not the one that followed `before` last. -1 for none. */
function keyBehind(before: i32, at: i32): i32 {
  const place = followersAt + before * 4;
  const followers = load<u32>(place);
  for (let bits = 8; bits < 32; bits += 8) {
    const key: i32 = (followers >>> bits) & 0xff;
    if (!isKeyAt(at, key)) continue;
    // It comes to the front, and those that were in front of it move on.
    const others = -1 << bits;
    store<u32>(place, (followers & (others << 8)) | ((followers & ~others) << 8) | key);
    return key;
  }
  const key = keyAt(at);
  if (key !== -1) store<u32>(place, (followers << 8) | key);
  return key;
}

/** Which known key stands at `at`, -1 for none. */
function keyAt(at: i32): i32 {
  for (let key = 0; key < slots; key += 1) if (isKeyAt(at, key)) return key;
  return -1;
}

/** All keys have 9 to 32 bytes with what is around them: the last 16 overlap the first, where they have to. */
function isKeyAt(at: i32, key: i32): bool {
  const name = keysAt + key * keyBytes;
  const length: i32 = load<u8>(keyLengthsAt + key);
  const low = i8x16.bitmask(v128.eq<i8>(v128.load(at), v128.load(name)));
  const high = i8x16.bitmask(v128.eq<i8>(v128.load(at, 16), v128.load(name, 16)));
  const wanted = <i32>(((<u64>1) << length) - 1);
  return ((low | (high << 16)) & wanted) === wanted;
}

/** Of the text that `textEnd` looked at last. */
let form: i32 = 0;

/** Where the first byte stands that is a quotation mark, or neither that nor printable ASCII. */
function plainEnd(start: i32, to: i32): i32 {
  const quotations = i8x16.splat(<i8>quotation);
  const backslashes = i8x16.splat(<i8>backslash);
  // One more of each: controls, and what is beyond ASCII, are less than this then.
  const ones = i8x16.splat(1);
  const least = i8x16.splat(0x21);
  for (let at = start; at < to; at += 16) {
    const bytes = v128.load(at);
    const others = v128.lt<i8>(v128.add<i8>(bytes, ones), least);
    const ends = i8x16.bitmask(
      v128.or(v128.or(v128.eq<i8>(bytes, quotations), v128.eq<i8>(bytes, backslashes)), others),
    );
    if (ends !== 0) return at + ctz(ends);
  }
  return to;
}

/**
 * Where the text that begins at `start` has its quotation mark; `to` where it has none, or something that has
 * no place in it.
 */
function textEnd(start: i32, to: i32, escapable: bool): i32 {
  const quotations = i8x16.splat(<i8>quotation);
  const backslashes = i8x16.splat(<i8>backslash);
  const spaces = i8x16.splat(0x20);
  const deletes = i8x16.splat(0x7f);
  form = asciiText;
  for (let at = start; at < to; ) {
    const bytes = v128.load(at);
    const ends = i8x16.bitmask(
      v128.or(
        v128.or(v128.eq<i8>(bytes, quotations), v128.eq<i8>(bytes, backslashes)),
        v128.lt<u8>(bytes, spaces),
      ),
    );
    const beyond = i8x16.bitmask(v128.ge<u8>(bytes, deletes));
    if (ends === 0) {
      if (beyond !== 0 && form === asciiText) form = wideText;
      at += 16;
      continue;
    }
    const before = ctz(ends);
    if ((beyond & ((1 << before) - 1)) !== 0 && form === asciiText) form = wideText;
    at += before;
    const code: i32 = load<u8>(at);
    if (code === quotation) return at;
    if (!escapable || code !== backslash || load<u8>(escapesAt + <i32>load<u8>(at + 1)) === 0) return to;
    form = escapedText;
    at += 2;
  }
  return to;
}

function digitsEnd(start: i32, to: i32): i32 {
  let at = start;
  while (at < to && <u32>(load<u8>(at) - 0x30) <= 9) at += 1;
  return at;
}
