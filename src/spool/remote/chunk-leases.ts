import type { Chunk } from "../chunk/chunk-cache.ts";

/**
 * Frees the memory of chunks that nobody keeps and nobody uses. The collector would do so as well, but it
 * takes a megabyte of memory that came from elsewhere for a reason to look through the whole heap, again and
 * again while much is delivered.
 */
export class ChunkLeases {
  readonly #free: (memory: ArrayBuffer) => void;
  /** How many use it. One that is never given back is left to the collector. */
  readonly #users = new WeakMap<Chunk, number>();
  readonly #left = new WeakSet<Chunk>();

  /** `free` gets the memory that is of no more use here, and has to let it go, at once. */
  constructor(free: (memory: ArrayBuffer) => void = (memory) => void memory.transfer(0)) {
    this.#free = free;
  }

  /** Somebody uses it: call what comes back, once, when not any more. */
  take(chunk: Chunk): () => void {
    this.#users.set(chunk, this.#usersOf(chunk) + 1);
    return () => {
      this.#users.set(chunk, this.#usersOf(chunk) - 1);
      this.#freeUnused(chunk);
    };
  }

  /** It is not kept for others any more. */
  leave(chunk: Chunk): void {
    this.#left.add(chunk);
    this.#freeUnused(chunk);
  }

  /** None of its records can be had any more. */
  isFreed({ encoded }: Chunk): boolean {
    return encoded.bytes.buffer.detached;
  }

  #usersOf(chunk: Chunk): number {
    return this.#users.get(chunk) ?? 0;
  }

  #freeUnused(chunk: Chunk): void {
    if (this.#left.has(chunk) && this.#usersOf(chunk) === 0 && !this.isFreed(chunk))
      this.#free(chunk.encoded.bytes.buffer);
  }
}
