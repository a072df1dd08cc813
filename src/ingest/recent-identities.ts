import { identityWords, isRow, rowWords } from "./identity-row.ts";

const none = 0xffffffff;
const segmentBits = 16;
const segmentSize = 1 << segmentBits;
const nothing = new Uint32Array(0);

/**
 * Identities in memory, numbered from 0 on. Open addressing over typed arrays: each takes its row, and one
 * place of 4 bytes; at most three of four places are used. A Map of strings takes more than 100 bytes each.
 */
export class RecentIdentities {
  size = 0;
  /** Taken in parts as it grows: twice as much at once would be the most of a large day's memory. */
  readonly #segments: Uint32Array[] = [new Uint32Array(2 * rowWords)];
  #places = new Uint32Array(8).fill(none);

  /** The number of an identity, -1 where it is not here. */
  find(a: number, b: number, c: number, d: number): number {
    const found = this.#places[this.#placeOf(a, b, c, d)] as number;
    return found === none ? -1 : found;
  }

  /** One that is not here. Gives back its number. */
  add(a: number, b: number, c: number, d: number): number {
    this.#roomForOne();
    const made = this.size++;
    this.#places[this.#freePlace(a)] = made;
    const rows = this.rowsOf(made);
    const at = this.offsetOf(made);
    rows[at] = a;
    rows[at + 1] = b;
    rows[at + 2] = c;
    rows[at + 3] = d;
    rows[at + 4] = 0;
    return made;
  }

  /** Those that stand in `words`, from `from` on, up to the first that is here. Gives back how many. */
  addNew(words: Uint32Array, from: number, count: number): number {
    const { size } = this;
    const end = size + count;
    while (this.size < end) {
      const at = from + (this.size - size) * identityWords;
      const part = Math.min(end - this.size, this.#room());
      if (part === 0 ? !this.#addOne(words, at) : this.#putNew(words, at, part) < part) break;
    }
    return this.size - size;
  }

  /** The rows among which that of `at` stands. */
  rowsOf(at: number): Uint32Array {
    return this.#segments[at >>> segmentBits] as Uint32Array;
  }

  /** Where in `rowsOf` it begins. */
  offsetOf(at: number): number {
    return (at & (segmentSize - 1)) * rowWords;
  }

  /** The first rows, as many as fit in one part. */
  firstRows(): Uint32Array {
    return (this.#segments[0] as Uint32Array).subarray(0, this.size * rowWords);
  }

  clear(): void {
    this.size = 0;
    this.#places.fill(none);
  }

  get byteLength(): number {
    return this.#segments.reduce((bytes, segment) => bytes + segment.byteLength, this.#places.byteLength);
  }

  /** Where its number is, or goes. */
  #placeOf(a: number, b: number, c: number, d: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    // An identity is a hash already, so its first word is as good as any hash of it.
    for (let place = a & mask; ; place = (place + 1) & mask) {
      const found = places[place] as number;
      if (found === none || isRow(this.rowsOf(found), this.offsetOf(found), a, b, c, d)) return place;
    }
  }

  /** Where the number of one goes that is not here. */
  #freePlace(a: number): number {
    const mask = this.#places.length - 1;
    let place = a & mask;
    while (this.#places[place] !== none) place = (place + 1) & mask;
    return place;
  }

  /** So many need neither other places nor another segment. */
  #room(): number {
    const { length } = this.#segments[this.size >>> segmentBits] ?? nothing;
    const rows = length / rowWords - (this.size & (segmentSize - 1));
    return Math.min(rows, Math.floor((this.#places.length * 3) / 4) - this.size);
  }

  /** Whether it was not here. */
  #addOne(words: Uint32Array, at: number): boolean {
    const [a, b] = [words[at] as number, words[at + 1] as number];
    const [c, d] = [words[at + 2] as number, words[at + 3] as number];
    if (this.find(a, b, c, d) !== -1) return false;
    this.add(a, b, c, d);
    return true;
  }

  /** As `addNew`, of so many as have room. */
  #putNew(words: Uint32Array, from: number, count: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    const { size } = this;
    const segment = this.#segments[size >>> segmentBits] as Uint32Array;
    let into = this.offsetOf(size);
    let at = from;
    for (let n = 0; n < count; n += 1, at += identityWords, into += rowWords) {
      const a = words[at] as number;
      let place = a & mask;
      for (let found = places[place] as number; found !== none; found = places[place] as number) {
        if (this.#isAt(found, words, at)) {
          this.size = size + n;
          return n;
        }
        place = (place + 1) & mask;
      }
      places[place] = size + n;
      segment[into] = a;
      segment[into + 1] = words[at + 1] as number;
      segment[into + 2] = words[at + 2] as number;
      segment[into + 3] = words[at + 3] as number;
      segment[into + 4] = 0;
    }
    this.size = size + count;
    return count;
  }

  #isAt(number: number, words: Uint32Array, at: number): boolean {
    const [b, c, d] = [words[at + 1] as number, words[at + 2] as number, words[at + 3] as number];
    return isRow(this.rowsOf(number), this.offsetOf(number), words[at] as number, b, c, d);
  }

  #roomForOne(): void {
    const index = this.size >>> segmentBits;
    const found = this.#segments[index];
    if (found === undefined || this.offsetOf(this.size) >= found.length) {
      // Most days are small: the first part grows to its size.
      const made = new Uint32Array(index === 0 ? (found as Uint32Array).length * 2 : segmentSize * rowWords);
      if (found !== undefined) made.set(found);
      this.#segments[index] = made;
    }
    if ((this.size + 1) * 4 <= this.#places.length * 3) return;
    this.#places = new Uint32Array(this.#places.length * 2).fill(none);
    for (let at = 0; at < this.size; at++)
      this.#places[this.#freePlace(this.rowsOf(at)[this.offsetOf(at)] as number)] = at;
  }
}
