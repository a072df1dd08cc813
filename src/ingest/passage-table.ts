/** The part of a fingerprint that tells passages apart. */
const fingerprintWords = 4;
/** A row's fingerprint, and how many numbers follow. */
const headWords = fingerprintWords + 1;
const none = 0xffffffff;
const segmentBits = 16;
const segmentWords = 1 << segmentBits;
/** Most sources have few passages. */
const firstWords = 256;

/**
 * Whole numbers of 32 bits for each of many fingerprints, in few arrays: a Map would take ten times as much.
 */
export class PassageTable {
  /**
   * Row after row: a fingerprint, how many numbers follow, the numbers. Taken in parts as it grows: twice as
   * much at once would be the most of a large day's memory. A row is in one part, which may be larger for it.
   */
  readonly #segments: Uint32Array[] = [new Uint32Array(firstWords)];
  /** Where in the last part the next row goes. */
  #end = 0;
  /** Where the row of a fingerprint begins, the part above the word; at most half of the places are used. */
  #places = new Uint32Array(16).fill(none);
  #used = 0;

  get byteLength(): number {
    return this.#segments.reduce((bytes, { byteLength }) => bytes + byteLength, this.#places.byteLength);
  }

  /** The numbers of a fingerprint: good until the next `put`. */
  find(fingerprint: Buffer): Uint32Array | undefined {
    const row = this.#places[this.#placeOf(wordsOf(fingerprint))] as number;
    return row === none ? undefined : this.#rowAt(row).subarray(headWords);
  }

  /** Those that the fingerprint had before are forgotten. */
  put(fingerprint: Buffer, numbers: ArrayLike<number>): void {
    const words = wordsOf(fingerprint);
    const row = this.#rowFor(headWords + numbers.length);
    const last = this.#segments.at(-1) as Uint32Array;
    last.set(words, this.#end);
    last[this.#end + fingerprintWords] = numbers.length;
    last.set(numbers, this.#end + headWords);
    this.#end += headWords + numbers.length;
    if ((this.#used + 1) * 2 > this.#places.length) this.#morePlaces();
    const place = this.#placeOf(words);
    if (this.#places[place] === none) this.#used++;
    this.#places[place] = row;
  }

  /** Where a row of so many words begins: there is room for it. */
  #rowFor(words: number): number {
    const last = this.#segments.length - 1;
    const needed = this.#end + words;
    if (needed > segmentWords && this.#end > 0) {
      this.#segments.push(new Uint32Array(Math.max(segmentWords, words)));
      this.#end = 0;
    } else if (needed > (this.#segments[last] as Uint32Array).length) {
      const more = new Uint32Array(
        Math.max(needed, Math.min(segmentWords, 2 ** Math.ceil(Math.log2(needed)))),
      );
      more.set(this.#segments[last] as Uint32Array);
      this.#segments[last] = more;
    }
    return (((this.#segments.length - 1) << segmentBits) | this.#end) >>> 0;
  }

  /** The row that begins there. */
  #rowAt(row: number): Uint32Array {
    const segment = this.#segments[row >>> segmentBits] as Uint32Array;
    const from = row & (segmentWords - 1);
    return segment.subarray(from, from + headWords + (segment[from + fingerprintWords] as number));
  }

  /** A fingerprint is a hash already, so its first word is as good as any hash of it. */
  #placeOf(words: Uint32Array): number {
    const mask = this.#places.length - 1;
    let place = (words[0] as number) & mask;
    for (;;) {
      const row = this.#places[place] as number;
      if (row === none || this.#isOf(row, words)) return place;
      place = (place + 1) & mask;
    }
  }

  #isOf(row: number, words: Uint32Array): boolean {
    const segment = this.#segments[row >>> segmentBits] as Uint32Array;
    const from = row & (segmentWords - 1);
    for (let word = 0; word < fingerprintWords; word++)
      if (segment[from + word] !== words[word]) return false;
    return true;
  }

  /** Every place has the last row of its fingerprint, so rows that have none are of no use. */
  #morePlaces(): void {
    const before = this.#places;
    this.#places = new Uint32Array(before.length * 2).fill(none);
    for (const row of before) if (row !== none) this.#places[this.#placeOf(this.#rowAt(row))] = row;
  }
}

function wordsOf(fingerprint: Buffer): Uint32Array {
  return Uint32Array.of(
    fingerprint.readUInt32LE(0),
    fingerprint.readUInt32LE(4),
    fingerprint.readUInt32LE(8),
    fingerprint.readUInt32LE(12),
  );
}
