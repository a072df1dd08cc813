let lastBytes: Buffer | undefined;
let lastMemory: ArrayBufferLike | undefined;
let lastView: DataView = new DataView(new ArrayBuffer(0));
let lastRoom = 0;

/**
 * All of the memory that the bytes are a part of, in which they begin at their `byteOffset`. Neighbours share
 * it, so the last one is kept.
 */
export function memoryOf(bytes: Buffer): DataView {
  if (bytes === lastBytes) return lastView;
  const { buffer } = bytes;
  if (buffer !== lastMemory) {
    lastMemory = buffer;
    lastView = new DataView(buffer);
  }
  lastBytes = bytes;
  lastRoom = buffer.byteLength - bytes.byteOffset - bytes.length;
  return lastView;
}

/** How many bytes of its memory stand behind the bytes. */
export function roomBehind(bytes: Buffer): number {
  if (bytes !== lastBytes) memoryOf(bytes);
  return lastRoom;
}

/** A copy of the bytes, from the beginning of memory of its own, with so much room behind it. */
export function withRoom(bytes: Buffer, behind: number): DataView {
  const copy = new Uint8Array(bytes.length + behind);
  copy.set(bytes);
  return new DataView(copy.buffer);
}
