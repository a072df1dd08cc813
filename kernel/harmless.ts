/**
 * Whether bytes are UTF-8 and hold no character that is not sent as it is, as src/text/harmless.ts has it: the
 * two have to say the same.
 */
export function isHarmless(start: i32, end: i32): bool {
  let at = start;
  while (at < end) {
    const first: i32 = load<u8>(at);
    if (first < 0x80) {
      if (first < 0x20 || first === 0x7f) return false;
      at += 1;
      continue;
    }
    const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || at + length > end) return false;
    const second: i32 = load<u8>(at + 1);
    if (!isContinuation(second) || !isSecondOf(first, second)) return false;
    for (let next = 2; next < length; next += 1) if (!isContinuation(load<u8>(at + next))) return false;
    if (isHostile(first, second, length > 2 ? <i32>load<u8>(at + 2) : 0)) return false;
    at += length;
  }
  return true;
}

function isContinuation(byte: i32): bool {
  return byte >> 6 === 2;
}

/** Neither longer than need be, nor a surrogate, nor beyond U+10FFFF (RFC 3629 §4). */
function isSecondOf(first: i32, second: i32): bool {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second < 0x90;
}

/** Beyond ASCII, by their first three bytes. */
function isHostile(first: i32, second: i32, third: i32): bool {
  // U+0080 to U+009F, U+061C.
  if (first === 0xc2) return second < 0xa0;
  if (first === 0xd8) return second === 0x9c;
  if (first !== 0xe2) return false;
  // U+200E, U+200F, U+2028 to U+202E; U+2066 to U+2069.
  if (second === 0x80) return third === 0x8e || third === 0x8f || (third >= 0xa8 && third <= 0xae);
  return second === 0x81 && third >= 0xa6 && third <= 0xa9;
}
