const word = 8;
const half = 4;

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

/** The memory of `bytes`, as `copyBytes` takes it. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
