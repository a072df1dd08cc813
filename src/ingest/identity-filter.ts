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
  readonly #words: Uint32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#blocks = Math.ceil((capacity * bitsEach) / blockBits);
    this.#words = new Uint32Array(this.#blocks * blockWords);
  }

  add(b: number, c: number, d: number): void {
    const from = this.#blockOf(b);
    for (let word = 0; word < blockWords; word++)
      this.#words[from + word] = (this.#words[from + word] as number) | (1 << placeOf(word, c, d));
  }

  mayHave(b: number, c: number, d: number): boolean {
    const from = this.#blockOf(b);
    for (let word = 0; word < blockWords; word++)
      if ((((this.#words[from + word] as number) >>> placeOf(word, c, d)) & 1) === 0) return false;
    return true;
  }

  get byteLength(): number {
    return this.#words.byteLength;
  }

  #blockOf(b: number): number {
    return Math.floor((b * this.#blocks) / 2 ** 32) * blockWords;
  }
}

/** Five bits of the hash for each word. */
function placeOf(word: number, c: number, d: number): number {
  return (word < 6 ? c >>> (word * 5) : d >>> ((word - 6) * 5)) & 31;
}
