/**
 * Numbers per member of an entry: its key's place in `knownKeys`, or for any other key `~` the place of its
 * quotation mark in the bytes; the value's form, with `asciiBit`; its start and end.
 */
export const stride = 4;
/**
 * Beside the form: the value is a text or a number of nothing but printable ASCII, written without escapes.
 */
export const asciiBit = 8;

/** So many numbers are taken at once: an array for each entry would cost more than its reading. */
const blockNumbers = 32_768;

/** Memory that the numbers of many entries share. */
export class SpanBlock {
  spans: Int32Array;
  /** From here on nobody has any. */
  free = 0;

  constructor(numbers = blockNumbers) {
    this.spans = new Int32Array(numbers);
  }

  /** The entries that were read into it are of no more use: the next ones take their memory. */
  clear(): void {
    this.free = 0;
  }

  /** Makes room behind `free` for so many numbers, of which the first `used` are in use already. */
  room(wanted: number, used: number): void {
    if (this.free + wanted <= this.spans.length) return;
    const larger = new Int32Array(Math.max(this.spans.length, 2 * wanted));
    if (used > 0) larger.set(this.spans.subarray(this.free, this.free + used));
    this.spans = larger;
    this.free = 0;
  }
}
