import type { Scratch } from "../spool/store.ts";

/** Entries of one block. */
const runBlockBits = 10;
/** What scratch for a run is made of. */
export const runBlockBytes = 8 << runBlockBits;
const blockEntries = 1 << runBlockBits;
const lastEntry = blockEntries - 1;

/**
 * Numbers of identities outside memory, sorted by the first word of the identity: 8 bytes each. In memory is
 * the first word of each block, so that one block is read for one question.
 */
export class SortedRun {
  readonly size: number;
  readonly #scratch: Scratch;
  readonly #firsts: Uint32Array;
  readonly #block = new Uint32Array(2 * blockEntries);
  #held = -1;

  /** `firsts`: the first word of each block. */
  constructor(scratch: Scratch, size: number, firsts: Uint32Array) {
    this.#scratch = scratch;
    this.size = size;
    this.#firsts = firsts;
  }

  /** The number of this first word that `isIt` calls the right one, or -1. */
  find(word: number, isIt: (number: number) => boolean): number {
    for (let at = this.#before(word) << runBlockBits; at < this.size; at++) {
      const entry = this.#entry(at);
      const found = this.#block[entry + 1] as number;
      if (found > word) return -1;
      if (found === word && isIt(this.#block[entry] as number)) return this.#block[entry] as number;
    }
    return -1;
  }

  wordAt(at: number): number {
    return this.#block[this.#entry(at) + 1] as number;
  }

  numberAt(at: number): number {
    return this.#block[this.#entry(at)] as number;
  }

  get byteLength(): number {
    return this.#block.byteLength + this.#firsts.byteLength + this.#scratch.byteLength;
  }

  close(): void {
    this.#scratch.close();
  }

  /** The last block that begins before `word`, where all of its entries follow. */
  #before(word: number): number {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#firsts[middle] as number) < word) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Where in the block in memory the entry stands. */
  #entry(at: number): number {
    const block = at >>> runBlockBits;
    if (block !== this.#held) {
      this.#held = -1;
      this.#scratch.read(block, bytesOf(this.#block));
      this.#held = block;
    }
    return (at & lastEntry) * 2;
  }
}

/** Entries as they come, in order, to a run. */
export class RunWriter {
  readonly #scratch: Scratch;
  readonly #block = new Uint32Array(2 * blockEntries);
  readonly #firsts: number[] = [];
  #size = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  push(word: number, number: number): void {
    const at = (this.#size & lastEntry) * 2;
    if (at === 0) this.#firsts.push(word);
    this.#block[at] = number;
    this.#block[at + 1] = word;
    if ((++this.#size & lastEntry) === 0) this.#write();
  }

  end(): SortedRun {
    if ((this.#size & lastEntry) !== 0) this.#write();
    return new SortedRun(this.#scratch, this.#size, Uint32Array.from(this.#firsts));
  }

  #write(): void {
    this.#scratch.write(this.#firsts.length - 1, bytesOf(this.#block));
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer);
}
