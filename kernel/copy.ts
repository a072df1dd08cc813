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

/**
 * Copies so many bytes with a backslash in front of each backslash and each special one. Gives back where the
 * copy ends. Like `copy` it writes up to 16 bytes more.
 */
export function copyEscaped(to: i32, from: i32, count: i32, special: i32): i32 {
  const specials = i8x16.splat(<i8>special);
  const backslashes = i8x16.splat(0x5c);
  let out = to;
  for (let at = 0; at < count; at += 16) {
    const bytes = v128.load(from + at);
    const left = min(16, count - at);
    let found = i8x16.bitmask(v128.or(v128.eq<i8>(bytes, specials), v128.eq<i8>(bytes, backslashes)));
    v128.store(out, bytes);
    let before = 0;
    for (found &= (1 << left) - 1; found !== 0; found &= found - 1) {
      const next = ctz(found);
      out += next - before;
      store<u8>(out, 0x5c);
      out += 1;
      v128.store(out, v128.load(from + at + next));
      before = next;
    }
    out += left - before;
  }
  return out;
}
