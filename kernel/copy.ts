/**
 * Copies so many bytes, 16 at a time, the last of which overlap those before them. Of fewer it writes 16 all
 * the same: whatever comes next stands over the rest.
 */
export function copy(to: i32, from: i32, count: i32): void {
  if (count < 16) {
    v128.store(to, v128.load(from));
    return;
  }
  const last = count - 16;
  for (let at = 0; at < last; at += 16) v128.store(to + at, v128.load(from + at));
  v128.store(to + last, v128.load(from + last));
}

/** The same as long as none of the bytes is a backslash, or the special one. False: one is. */
export function copyPlain(to: i32, from: i32, count: i32, special: i32): bool {
  const specials = i8x16.splat(<i8>special);
  const backslashes = i8x16.splat(0x5c);
  for (let at = 0; at < count; at += 16) {
    const bytes = v128.load(from + at);
    v128.store(to + at, bytes);
    const found = i8x16.bitmask(v128.or(v128.eq<i8>(bytes, specials), v128.eq<i8>(bytes, backslashes)));
    const left = count - at;
    if ((left < 16 ? found & ((1 << left) - 1) : found) !== 0) return false;
  }
  return true;
}
