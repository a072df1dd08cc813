/** Whether `length` bytes of one, from `start`, are those of the other, from `from`. */
export function sameBytes(one: Buffer, start: number, other: Buffer, from: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (one[start + at] !== other[from + at]) return false;
  return true;
}
