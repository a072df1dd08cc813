const zero: i32 = 0x30;
const dot: i32 = 0x2e;
/** Bytes of `0.0.0.0` and of `255.255.255.255`. */
const shortest: i32 = 7;
const longest: i32 = 15;

/** Whether two texts of so many bytes are the same. */
export function isSameText(one: i32, other: i32, count: i32): bool {
  for (let at = 0; at < count; at += 16) {
    const same = i8x16.bitmask(v128.eq<i8>(v128.load(one + at), v128.load(other + at)));
    const wanted = (1 << min(16, count - at)) - 1;
    if ((same & wanted) !== wanted) return false;
  }
  return true;
}

/** Whether it is an IPv4 address as it is shown: four numbers from 0 to 255, without leading zeros. */
export function isDottedQuad(start: i32, end: i32): bool {
  const length = end - start;
  if (length < shortest || length > longest) return false;
  const text = v128.load(start);
  const all = (1 << length) - 1;
  const digits = i8x16.bitmask(v128.le<u8>(v128.sub<i8>(text, i8x16.splat(<i8>zero)), i8x16.splat(9)));
  const dots = i8x16.bitmask(v128.eq<i8>(text, i8x16.splat(<i8>dot))) & all;
  if (((digits | dots) & all) !== all || popcnt(dots) !== 3) return false;
  const first = ctz(dots);
  const second = ctz(dots & (dots - 1));
  const third = 31 - clz(dots);
  return (
    (isByte(start, first) &
      isByte(start + first + 1, second - first - 1) &
      isByte(start + second + 1, third - second - 1) &
      isByte(start + third + 1, length - third - 1)) !==
    0
  );
}

/** Whether so many digits are a number from 0 to 255. */
function isByte(at: i32, count: i32): i32 {
  const first = <i32>load<u8>(at) - zero;
  const value = (first * 10 + <i32>load<u8>(at, 1) - zero) * 10 + <i32>load<u8>(at, 2) - zero;
  const fits = (count !== 3 ? 1 : 0) | (value <= 255 ? 1 : 0);
  const leads = (count === 1 ? 1 : 0) | (first !== 0 ? 1 : 0);
  return fits & leads & (<u32>(count - 1) < 3 ? 1 : 0);
}
