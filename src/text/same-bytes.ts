const word = 4;

/** Whether `length` bytes of one, from `start`, are those of the other, from `from`. */
export function sameBytes(
  one: DataView,
  start: number,
  other: DataView,
  from: number,
  length: number,
): boolean {
  let at = 0;
  for (; at + word <= length; at += word)
    if (one.getInt32(start + at) !== other.getInt32(from + at)) return false;
  for (; at < length; at += 1) if (one.getUint8(start + at) !== other.getUint8(from + at)) return false;
  return true;
}
