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
  let numbers = 0;
  for (let at = start; at <= end; at += 1) {
    let value = 0;
    let digits = 0;
    for (; at < end && load<u8>(at) !== 0x2e; at += 1, digits += 1) {
      const digit = <i32>load<u8>(at) - 0x30;
      if (digit < 0 || digit > 9 || (value === 0 && digits > 0)) return false;
      value = value * 10 + digit;
      if (value > 255) return false;
    }
    if (digits === 0) return false;
    numbers += 1;
  }
  return numbers === 4;
}
