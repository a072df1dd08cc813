import { identityWords, rowWords } from "./identity-row.ts";

/** Words of 32 bits; each identity sets one bit in each word of one block. */
const blockWords = 8;
const blockBits = blockWords * 32;
/** Of a hundred identities that are not there, about one passes. */
const bitsEach = 10;

/**
 * Tells that an identity is surely not there, in 10 bits each: a Bloom filter in blocks, so that a question
 * costs one look at memory. An identity is a hash already: three of its words say where its bits are.
 */
export class IdentityFilter {
  /** How many it is made for. */
  readonly capacity: number;
  readonly #blocks: number;
  readonly #words: Uint32Array<ArrayBuffer>;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#blocks = Math.ceil((capacity * bitsEach) / blockBits);
    this.#words = new Uint32Array(this.#blocks * blockWords);
  }

  /** In words of 32 bits, of a shift the lowest five bits count. */
  add(b: number, c: number, d: number): void {
    const words = this.#words;
    const at = this.#blockOf(b);
    words[at] = (words[at] as number) | (1 << c);
    words[at + 1] = (words[at + 1] as number) | (1 << (c >>> 5));
    words[at + 2] = (words[at + 2] as number) | (1 << (c >>> 10));
    words[at + 3] = (words[at + 3] as number) | (1 << (c >>> 15));
    words[at + 4] = (words[at + 4] as number) | (1 << (c >>> 20));
    words[at + 5] = (words[at + 5] as number) | (1 << (c >>> 25));
    words[at + 6] = (words[at + 6] as number) | (1 << d);
    words[at + 7] = (words[at + 7] as number) | (1 << (d >>> 5));
  }

  /** All identities of these rows, see `rowWords`. */
  addRows(rows: Uint32Array): void {
    for (let row = 0; row < rows.length; row += rowWords)
      this.add(rows[row + 1] as number, rows[row + 2] as number, rows[row + 3] as number);
  }

  mayHave(b: number, c: number, d: number): boolean {
    const words = this.#words;
    const at = this.#blockOf(b);
    const low =
      ((words[at] as number) >>> c) &
      ((words[at + 1] as number) >>> (c >>> 5)) &
      ((words[at + 2] as number) >>> (c >>> 10)) &
      ((words[at + 3] as number) >>> (c >>> 15));
    if ((low & 1) === 0) return false;
    const high =
      ((words[at + 4] as number) >>> (c >>> 20)) &
      ((words[at + 5] as number) >>> (c >>> 25)) &
      ((words[at + 6] as number) >>> d) &
      ((words[at + 7] as number) >>> (d >>> 5));
    return (high & 1) !== 0;
  }

  /**
   * How many of the identities that stand in `words`, from `from` on, are surely not there, up to the first
   * that may be. Many at once: the processor reads ahead for one while it waits for another.
   */
  lacks(words: Uint32Array, from: number, count: number): number {
    for (let n = 0, at = from; n < count; n += 1, at += identityWords)
      if (this.mayHave(words[at + 1] as number, words[at + 2] as number, words[at + 3] as number)) return n;
    return count;
  }

  /** Gives its memory back at once; nothing may be asked any more. */
  drop(): void {
    this.#words.buffer.transfer(0);
  }

  get byteLength(): number {
    return this.#words.byteLength;
  }

  #blockOf(b: number): number {
    return Math.floor((b * this.#blocks) / 2 ** 32) * blockWords;
  }
}
