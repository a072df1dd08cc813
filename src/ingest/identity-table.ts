import type { Identity } from "./identity.ts";

const words = 4;
const none = 0xffffffff;
const segmentBits = 16;
const segmentSize = 1 << segmentBits;

/**
 * Gives each identity a number, from 0 on. Open addressing over typed arrays: an identity takes its 16 bytes,
 * and one place of 4 bytes; at most three of four places are used. A Map of strings takes more than 100 bytes
 * each.
 */
export class IdentityTable {
  /** Identities that have a number: all below it. */
  size = 0;
  /** Taken in parts as it grows: twice as much at once would be the most of a large day's memory. */
  readonly #segments: Uint32Array[] = [new Uint32Array(4 * words)];
  #places = new Uint32Array(8).fill(none);

  /** The number of an identity; it gets one when it has none. */
  numberOf(identity: Identity): number {
    return this.#number(word(identity, 0), word(identity, 4), word(identity, 8), word(identity, 12));
  }

  /** The same for the 16 bytes of an identity. */
  numberIn(bytes: Buffer, from: number): number {
    return this.#number(
      bytes.readUInt32LE(from),
      bytes.readUInt32LE(from + 4),
      bytes.readUInt32LE(from + 8),
      bytes.readUInt32LE(from + 12),
    );
  }

  /** Writes the 16 bytes of the identity with this number. */
  write(at: number, into: Buffer, offset: number): void {
    const segment = this.#segmentOf(at);
    const from = (at & (segmentSize - 1)) * words;
    for (let word = 0; word < words; word++)
      into.writeUInt32LE(segment[from + word] as number, offset + word * 4);
  }

  get byteLength(): number {
    return this.#segments.reduce((bytes, segment) => bytes + segment.byteLength, this.#places.byteLength);
  }

  /** An identity is a hash already, so its first word is as good as any hash of it. */
  #number(a: number, b: number, c: number, d: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = a & mask;
    for (;;) {
      const found = places[place] as number;
      if (found === none) break;
      const segment = this.#segments[found >>> segmentBits] as Uint32Array;
      const at = (found & (segmentSize - 1)) * words;
      if (segment[at] === a && segment[at + 1] === b && segment[at + 2] === c && segment[at + 3] === d)
        return found;
      place = (place + 1) & mask;
    }
    if ((this.size + 1) * 4 > places.length * 3) {
      this.#morePlaces();
      return this.#number(a, b, c, d);
    }
    const made = this.size++;
    const segment = this.#segmentFor(made);
    const at = (made & (segmentSize - 1)) * words;
    segment[at] = a;
    segment[at + 1] = b;
    segment[at + 2] = c;
    segment[at + 3] = d;
    places[place] = made;
    return made;
  }

  #segmentOf(at: number): Uint32Array {
    return this.#segments[at >>> segmentBits] as Uint32Array;
  }

  #segmentFor(at: number): Uint32Array {
    const index = at >>> segmentBits;
    const found = this.#segments[index];
    if (found !== undefined && (at & (segmentSize - 1)) * words < found.length) return found;
    // Most days are small: the first part grows to its size.
    const made = new Uint32Array(index === 0 ? (found as Uint32Array).length * 2 : segmentSize * words);
    if (found !== undefined) made.set(found);
    this.#segments[index] = made;
    return made;
  }

  #morePlaces(): void {
    const places = new Uint32Array(this.#places.length * 2).fill(none);
    const mask = places.length - 1;
    for (let at = 0; at < this.size; at++) {
      let place = (this.#segmentOf(at)[(at & (segmentSize - 1)) * words] as number) & mask;
      while (places[place] !== none) place = (place + 1) & mask;
      places[place] = at;
    }
    this.#places = places;
  }
}

/** Four characters as the little-endian word of their bytes. */
function word(identity: Identity, at: number): number {
  return (
    (identity.charCodeAt(at) |
      (identity.charCodeAt(at + 1) << 8) |
      (identity.charCodeAt(at + 2) << 16) |
      (identity.charCodeAt(at + 3) << 24)) >>>
    0
  );
}
