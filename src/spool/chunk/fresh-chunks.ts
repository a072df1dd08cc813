import type { EncodedChunk } from "./chunk-codec.ts";
import { chunkMemory } from "./chunk-memory.ts";

/** So much is kept in memory for who asks for it next; of those who lag by more, nothing. */
const keptBytes = 8 * 1024 * 1024;
/** Who lags by more than that will be long in coming near. */
const farBytes = 32 * 1024 * 1024;
/** Neither are so many small ones worth their place. */
const farChunks = 1024;

/** A chunk that nobody has asked for yet. */
interface Untaken {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  chunk: EncodedChunk | undefined;
}

/**
 * What was written last, until somebody who delivers it asks for it: who keeps up has it from here, and
 * never touches the disk.
 */
export class FreshChunks {
  /** Oldest first. */
  #untaken: Untaken[] = [];
  #bytes = 0;
  /** Where the last one begins. */
  #newest = 0;
  #far = false;
  /** Memory of chunks that nobody gets from here any more. */
  #spare: ArrayBuffer[] = [];
  #taken = () => {};

  /** `taken` is called whenever one was asked for. */
  whenTaken(taken: () => void): void {
    this.#taken = taken;
  }

  /** How many bytes wait to be asked for; undefined where they are too many to be waited for. */
  get untakenBytes(): number | undefined {
    return this.#far ? undefined : this.#bytes;
  }

  /** One was written, and its memory is given away. */
  add(chunk: EncodedChunk): void {
    const { firstSeq: first, count, bytes } = chunk;
    this.#newest = first;
    if (this.#far) {
      this.#forget(chunk);
      return;
    }
    this.#untaken.push({ first, last: first + count - 1, bytes: bytes.length, chunk });
    this.#bytes += bytes.length;
    if (this.#bytes > keptBytes) this.#forgetAll();
    if (this.#bytes > farBytes || this.#untaken.length > farChunks) this.#becomeFar();
  }

  /** The chunk with `seq` is asked for: what lies before it is not any more. Given once, if it is here. */
  take(seq: number): EncodedChunk | undefined {
    // Who asks for the last one has come near.
    if (seq >= this.#newest) this.#far = false;
    let found: EncodedChunk | undefined;
    while ((this.#untaken[0]?.first ?? Number.POSITIVE_INFINITY) <= seq) {
      const { last, bytes, chunk } = this.#untaken.shift() as Untaken;
      this.#bytes -= bytes;
      if (last >= seq) found = chunk;
      else this.#forget(chunk);
    }
    this.#taken();
    return found;
  }

  /**
   * What was added is on disk, and whoever wrote it writes elsewhere: memory of what is given to nobody is
   * written anew.
   */
  letGo(): void {
    for (const memory of this.#spare) chunkMemory.giveBack(memory);
    this.#spare = [];
  }

  /** What was added last is not on disk, and may be written once more: its memory is not ours to give. */
  clear(): void {
    this.#empty();
    this.#spare = [];
  }

  #becomeFar(): void {
    this.#forgetAll();
    this.#empty();
    this.#far = true;
  }

  #empty(): void {
    this.#untaken = [];
    this.#bytes = 0;
  }

  #forgetAll(): void {
    for (const each of this.#untaken) {
      this.#forget(each.chunk);
      each.chunk = undefined;
    }
  }

  #forget(chunk: EncodedChunk | undefined): void {
    if (chunk !== undefined && chunkMemory.goesRound(chunk.bytes.buffer))
      this.#spare.push(chunk.bytes.buffer);
  }
}
