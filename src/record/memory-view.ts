let lastBytes: Buffer | undefined;
let lastMemory: ArrayBufferLike | undefined;
let lastView: DataView = new DataView(new ArrayBuffer(0));

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
  return lastView;
}
