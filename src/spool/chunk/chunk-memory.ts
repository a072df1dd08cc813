/** A chunk has room in it, with the heads of its records. */
export const chunkMemoryBytes = 1408 * 1024;
/** What is under way between who writes and who delivers, and one more. */
const mostFree = 4;

/**
 * Memory that chunks are written in. It goes along with them to who delivers, and comes back: the system
 * gives new memory page by page and cleans each, which takes as long as to read the chunk from a file.
 */
class ChunkMemory {
  #free: ArrayBuffer[] = [];

  /** Of `chunkMemoryBytes`; whatever was in it may be there still. */
  take(): ArrayBuffer {
    return this.#free.pop() ?? new ArrayBuffer(chunkMemoryBytes);
  }

  /** Nobody uses it any more. */
  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength === chunkMemoryBytes && this.#free.length < mostFree) this.#free.push(memory);
  }

  /** Nothing is written for a while. */
  rest(): void {
    this.#free = [];
  }
}

/** That of this thread. */
export const chunkMemory = new ChunkMemory();
