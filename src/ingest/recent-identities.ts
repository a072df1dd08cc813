import { isRow, rowWords } from "./identity-row.ts";

const none = 0xffffffff;
const segmentBits = 16;
const segmentSize = 1 << segmentBits;

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
    const places = this.#places;
    const mask = places.length - 1;
    // An identity is a hash already, so its first word is as good as any hash of it.
    for (let place = a & mask; ; place = (place + 1) & mask) {
      const found = places[place] as number;
      if (found === none) return -1;
      if (isRow(this.rowsOf(found), this.offsetOf(found), a, b, c, d)) return found;
    }
  }

  /** One that is not here. Gives back its number. */
  add(a: number, b: number, c: number, d: number): number {
    if ((this.size + 1) * 4 > this.#places.length * 3) this.#morePlaces();
    const made = this.size++;
    const segment = this.#segmentFor(made);
    const at = this.offsetOf(made);
    segment[at] = a;
    segment[at + 1] = b;
    segment[at + 2] = c;
    segment[at + 3] = d;
    segment[at + 4] = 0;
    this.#take(a, made);
    return made;
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

  #take(a: number, number: number): void {
    const mask = this.#places.length - 1;
    let place = a & mask;
    while (this.#places[place] !== none) place = (place + 1) & mask;
    this.#places[place] = number;
  }

  #segmentFor(at: number): Uint32Array {
    const index = at >>> segmentBits;
    const found = this.#segments[index];
    if (found !== undefined && this.offsetOf(at) < found.length) return found;
    // Most days are small: the first part grows to its size.
    const made = new Uint32Array(index === 0 ? (found as Uint32Array).length * 2 : segmentSize * rowWords);
    if (found !== undefined) made.set(found);
    this.#segments[index] = made;
    return made;
  }

  #morePlaces(): void {
    this.#places = new Uint32Array(this.#places.length * 2).fill(none);
    for (let at = 0; at < this.size; at++) this.#take(this.rowsOf(at)[this.offsetOf(at)] as number, at);
  }
}
