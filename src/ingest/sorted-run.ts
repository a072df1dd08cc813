import type { Scratch } from "../spool/scratch.ts";

/** Entries of one block. */
const runBlockBits = 8;
/** What scratch for a run is made of. */
export const runBlockBytes = 8 << runBlockBits;
const blockEntries = 1 << runBlockBits;
/** So many are read or written at once by whoever goes through all of them: a call each would cost more. */
export const entriesAtOnce = 8 * blockEntries;
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
    // One before the first that is not smaller: there the block that it may begin in is known.
    const block = Math.max(
      0,
      firstNotBelow(this.#firsts.length, (at) => this.#firsts[at] as number, word) - 1,
    );
    const from = block << runBlockBits;
    const here = Math.min(blockEntries, this.size - from);
    let at = from + firstNotBelow(here, (entry) => this.wordAt(from + entry), word);
    for (; at < this.size && this.wordAt(at) === word; at++)
      if (isIt(this.numberAt(at))) return this.numberAt(at);
    return -1;
  }

  /** Reads those from `at` on, the first of a block, that there is room for. Gives back how many they are. */
  readFrom(at: number, into: Uint32Array): number {
    const count = Math.min(this.size - at, into.length / 2);
    this.#scratch.read(at >>> runBlockBits, bytesOf(into, count));
    return count;
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

  /** Where in the block in memory the entry stands. */
  #entry(at: number): number {
    const block = at >>> runBlockBits;
    if (block !== this.#held) {
      this.#held = -1;
      this.#scratch.read(block, bytesOf(this.#block, blockEntries));
      this.#held = block;
    }
    return (at & lastEntry) * 2;
  }
}

/** Entries as they come, in order, to a run. */
export class RunWriter {
  /** What comes next is put in here, two numbers each: its number, its word. */
  readonly entries = new Uint32Array(2 * entriesAtOnce);
  /** Behind the last one that was. */
  at = 0;
  readonly #scratch: Scratch;
  readonly #firsts: number[] = [];
  #size = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** Puts them in, as many as they are. */
  append(more: Uint32Array): void {
    for (let from = 0; from < more.length; ) {
      this.makeRoom();
      const some = more.subarray(from, from + this.entries.length - this.at);
      this.entries.set(some, this.at);
      this.at += some.length;
      from += some.length;
    }
  }

  /** There is room for one at least. */
  makeRoom(): void {
    if (this.at === this.entries.length) this.#write();
  }

  end(): SortedRun {
    if (this.at > 0) this.#write();
    return new SortedRun(this.#scratch, this.#size, Uint32Array.from(this.#firsts));
  }

  #write(): void {
    const { entries, at } = this;
    this.#scratch.write(this.#firsts.length, bytesOf(entries, at / 2));
    for (let first = 0; first < at; first += 2 * blockEntries)
      this.#firsts.push(entries[first + 1] as number);
    this.#size += at / 2;
    this.at = 0;
  }
}

/** Of `size` sorted words, where the first stands that is not below `word`. */
function firstNotBelow(size: number, wordAt: (at: number) => number, word: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (wordAt(middle) < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The blocks that so many entries are in. */
function bytesOf(entries: Uint32Array, count: number): Uint8Array {
  return new Uint8Array(entries.buffer, 0, Math.ceil(count / blockEntries) * runBlockBytes);
}
