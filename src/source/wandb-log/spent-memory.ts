/** Smaller chunks are no matter. */
const leastBytes = 4_096;

/**
 * Gives the memory of chunks back when the last byte of each is of no more use. Left to the collector, which
 * looks at everything there is for every few chunks, receiving a body would cost half as much again.
 */
export class SpentMemory {
  /** Of each chunk, how many bytes may still be of use. */
  readonly #left = new WeakMap<ArrayBufferLike, number>();

  /** A chunk that nobody else has; in memory shared with others it is left alone. */
  came({ buffer, length }: Buffer): void {
    if (length === buffer.byteLength && length >= leastBytes) this.#left.set(buffer, length);
  }

  /** These bytes of a chunk are of no more use. Of every byte that may be said once. */
  spend({ buffer, length }: Buffer): void {
    const left = this.#left.get(buffer);
    if (left === undefined) return;
    if (left > length) this.#left.set(buffer, left - length);
    else if (buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
}
