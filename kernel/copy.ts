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
