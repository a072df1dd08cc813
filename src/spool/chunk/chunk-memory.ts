/** A full chunk has room in it, with the heads of its records. */
export const chunkMemoryBytes = 1408 * 1024;
/** What is not half of that would take more than twice the memory it needs. */
const worthBytes = chunkMemoryBytes / 2;
/** They come back one at a time, and one is written at a time. */
const mostFree = 2;

/**
 * Memory for large chunks. It goes along with them to who delivers, and comes back to be written anew: the
 * system gives new memory page by page and cleans each, which takes as long as to read a chunk from its file.
 */
class ChunkMemory {
  #free: ArrayBuffer[] = [];

  /** So many bytes at least; whatever was in them may be there still. */
  take(bytes: number): ArrayBuffer {
    if (bytes < worthBytes || bytes > chunkMemoryBytes) return new ArrayBuffer(bytes);
    return this.#free.pop() ?? new ArrayBuffer(chunkMemoryBytes);
  }

  /** Whether it is such as comes back. */
  goesRound({ byteLength }: ArrayBuffer): boolean {
    return byteLength === chunkMemoryBytes;
  }

  /** Nobody uses it any more. What is too much goes at once: the collector would let it come together. */
  giveBack(memory: ArrayBuffer): void {
    if (this.goesRound(memory) && this.#free.length < mostFree) this.#free.push(memory);
    else if (!memory.detached) memory.transfer(0);
  }

  /** Nothing is written for a while. */
  rest(): void {
    this.#free = [];
  }
}

/** That of this thread. */
export const chunkMemory = new ChunkMemory();
