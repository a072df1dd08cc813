/** The part of a fingerprint that tells passages apart. */
const fingerprintWords = 4;
const none = 0xffffffff;

/**
 * Whole numbers of 32 bits for each of many fingerprints, in two arrays: a Map would take ten times as much.
 */
export class PassageTable {
  /** Row after row: a fingerprint, how many numbers follow, the numbers. */
  #rows = new Uint32Array(256);
  #end = 0;
  /** Where the row of a fingerprint begins; at most half of the places are used. */
  #places = new Uint32Array(16).fill(none);
  #used = 0;

  get byteLength(): number {
    return this.#rows.byteLength + this.#places.byteLength;
  }

  /** The numbers of a fingerprint: good until the next `put`. */
  find(fingerprint: Buffer): Uint32Array | undefined {
    const row = this.#places[this.#placeOf(wordsOf(fingerprint))] as number;
    if (row === none) return undefined;
    const from = row + fingerprintWords + 1;
    return this.#rows.subarray(from, from + (this.#rows[from - 1] as number));
  }

  /** Those that the fingerprint had before are forgotten. */
  put(fingerprint: Buffer, numbers: ArrayLike<number>): void {
    const row = this.#end;
    const from = row + fingerprintWords + 1;
    while (from + numbers.length > this.#rows.length) this.#rows = grown(this.#rows);
    this.#rows.set(wordsOf(fingerprint), row);
    this.#rows[from - 1] = numbers.length;
    this.#rows.set(numbers, from);
    this.#end = from + numbers.length;
    if ((this.#used + 1) * 2 > this.#places.length) this.#morePlaces();
    this.#place(row);
  }

  #place(row: number): void {
    const place = this.#placeOf(this.#rows.subarray(row, row + fingerprintWords));
    if (this.#places[place] === none) this.#used++;
    this.#places[place] = row;
  }

  /** A fingerprint is a hash already, so its first word is as good as any hash of it. */
  #placeOf(words: Uint32Array): number {
    const mask = this.#places.length - 1;
    let place = (words[0] as number) & mask;
    for (;;) {
      const row = this.#places[place] as number;
      if (row === none || words.every((word, at) => word === this.#rows[row + at])) return place;
      place = (place + 1) & mask;
    }
  }

  /** Of rows with one fingerprint the last one counts. */
  #morePlaces(): void {
    this.#places = new Uint32Array(this.#places.length * 2).fill(none);
    this.#used = 0;
    let row = 0;
    while (row < this.#end) {
      const next = row + fingerprintWords + 1 + (this.#rows[row + fingerprintWords] as number);
      // The last row is placed by whoever put it there.
      if (next < this.#end) this.#place(row);
      row = next;
    }
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

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(words.length * 2);
  more.set(words);
  return more;
}
