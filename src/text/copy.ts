const word = 8;
const half = 4;
const backslash = 0x5c;
const everyByte = 0x0101_0101;
const topBits = 0x8080_8080;
const backslashes = backslash * everyByte;

/**
 * Copies `count` bytes, from `start` of one memory to `at` of another. Throws RangeError where one of them
 * ends before.
 *
 * In steps of eight bytes, the last of which overlaps the one before it, so that nothing beside them is
 * touched. V8 makes a load and a store of each step: for the few bytes of a value that is less than a call
 * costs, and than a step for each byte.
 */
export function copyBytes(from: DataView, start: number, to: DataView, at: number, count: number): void {
  if (count >= word) {
    const last = count - word;
    for (let done = 0; done < last; done += word)
      to.setBigUint64(at + done, from.getBigUint64(start + done, true), true);
    to.setBigUint64(at + last, from.getBigUint64(start + last, true), true);
  } else if (count >= half) {
    const last = count - half;
    to.setUint32(at, from.getUint32(start, true), true);
    to.setUint32(at + last, from.getUint32(start + last, true), true);
  } else for (let done = 0; done < count; done += 1) to.setUint8(at + done, from.getUint8(start + done));
}

/**
 * The same from `start` to `end`, with a backslash in front of each backslash and each `special` byte: that
 * takes twice as much at most. Gives back where the copy ends. Four bytes at a time where none of them is to
 * be escaped.
 */
export function copyEscaped(
  from: DataView,
  start: number,
  end: number,
  to: DataView,
  at: number,
  special: number,
): number {
  const specials = Math.imul(special, everyByte);
  let next = start;
  let size = at;
  while (next < end) {
    for (; next + half <= end; next += half, size += half) {
      const four = from.getInt32(next, true);
      if (hasZero(four ^ specials) || hasZero(four ^ backslashes)) break;
      to.setInt32(size, four, true);
    }
    const stop = Math.min(next + half, end);
    for (; next < stop; next += 1) {
      const byte = from.getUint8(next);
      if (byte === special || byte === backslash) to.setUint8(size++, backslash);
      to.setUint8(size++, byte);
    }
  }
  return size;
}

/** Whether one of the four bytes is 0 (Hacker's Delight, 6-1). */
function hasZero(four: number): boolean {
  return ((four - everyByte) & ~four & topBits) !== 0;
}

/** The memory of `bytes`, as `copyBytes` takes it. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
