const segmentBits = 14;
const segmentSize = 1 << segmentBits;
/** A liar may show as many days as entries: one of few takes little. */
const firstSize = 32;

/** Numbers next to each other in words of 32 bits, each in `1 << widthBits` of them. */
interface Segment {
  readonly widthBits: number;
  readonly words: Uint32Array;
}
/** Of all columns in which nothing is set: most columns of a day that nobody wrote to. */
const nothing: readonly undefined[] = [];
/** All numbers of so many bits, by `widthBits`. */
const masks = [1, 3, 0xf, 0xff, 0xffff, -1] as const;

/**
 * A number for each of many things that are numbered from 0; 0 where none was set. It takes memory in parts
 * as it grows, and none for parts where all are 0; a part has as many bits for each as its largest number
 * needs, up to `bits`, which most values fit in: few larger ones cost more.
 */
export class NumberColumn {
  readonly #mostWidthBits: number;
  /** This value, and any above it, stands in `#large`; unused where all values fit. */
  readonly #most: number;
  #segments: readonly (Segment | undefined)[] = nothing;
  #large: Map<number, number> | undefined;

  constructor(bits: 4 | 16 | 32) {
    this.#mostWidthBits = Math.log2(bits);
    this.#most = bits === 32 ? Number.POSITIVE_INFINITY : 2 ** bits - 1;
  }

  get(at: number): number {
    const segment = this.#segments[at >>> segmentBits];
    if (segment === undefined) return 0;
    const value = valueIn(segment, at & (segmentSize - 1));
    return value === this.#most ? (this.#large?.get(at) as number) : value;
  }

  set(at: number, value: number): void {
    const segment = this.#segmentFor(at, value);
    if (segment === undefined) return;
    const offset = at & (segmentSize - 1);
    if (this.#large !== undefined && valueIn(segment, offset) === this.#most) this.#large.delete(at);
    if (value >= this.#most) this.#setLarge(at, value);
    put(segment, offset, Math.min(value, this.#most));
  }

  /** Sets it for `count` things from `at` on. */
  fill(at: number, count: number, value: number): void {
    const end = at + count;
    for (let each = at; each < end; ) {
      this.set(each, value);
      each += 1;
      each += this.#fillWords(each, end, value);
    }
  }

  /** Those whose number is not 0. */
  *marked(): Generator<number, void> {
    for (const [index, segment] of this.#segments.entries())
      if (segment !== undefined)
        for (let offset = 0, size = sizeOf(segment); offset < size; offset++)
          if (valueIn(segment, offset) !== 0) yield index * segmentSize + offset;
  }

  clear(): void {
    this.#segments = nothing;
    this.#large = undefined;
  }

  get byteLength(): number {
    return this.#segments.reduce(
      (bytes, segment) => bytes + (segment?.words.byteLength ?? 0),
      (this.#large?.size ?? 0) * 50,
    );
  }

  /** Sets it for those from `at` on whose words it fills, as far as there is room. Gives back how many. */
  #fillWords(at: number, end: number, value: number): number {
    const segment = this.#segments[at >>> segmentBits];
    if (segment === undefined || value >= this.#most || this.#large !== undefined) return 0;
    const { widthBits, words } = segment;
    const mask = masks[widthBits] as number;
    const each = 32 >>> widthBits;
    const offset = at & (segmentSize - 1);
    if (offset % each !== 0 || (value & mask) >>> 0 !== value) return 0;
    const first = offset / each;
    const last = Math.min(words.length, first + Math.floor((end - at) / each));
    if (last <= first) return 0;
    words.fill(value * (0xffffffff / (mask >>> 0)), first, last);
    return (last - first) * each;
  }

  #setLarge(at: number, value: number): void {
    this.#large ??= new Map();
    this.#large.set(at, value);
  }

  /** The part that `at` stands in, with room for the value; undefined where it has none and needs none. */
  #segmentFor(at: number, value: number): Segment | undefined {
    const found = this.#segments[at >>> segmentBits];
    if (found === undefined) return value === 0 ? undefined : this.#make(at, value, undefined);
    const fits = (at & (segmentSize - 1)) < sizeOf(found);
    const most = masks[found.widthBits] as number;
    if (fits && (value <= most || found.widthBits === this.#mostWidthBits)) return found;
    return fits || value !== 0 ? this.#make(at, value, found) : undefined;
  }

  /** A larger one, or one of larger numbers, in the place of what was there. */
  #make(at: number, value: number, before: Segment | undefined): Segment {
    const index = at >>> segmentBits;
    let widthBits = before?.widthBits ?? 0;
    while (widthBits < this.#mostWidthBits && value > (masks[widthBits] as number)) widthBits++;
    const made = { widthBits, words: new Uint32Array((sizeFor(at, before) << widthBits) >>> 5) };
    if (before?.widthBits === widthBits) made.words.set(before.words);
    else if (before !== undefined)
      for (let offset = 0, size = sizeOf(before); offset < size; offset++)
        put(made, offset, valueIn(before, offset));
    const segments = this.#segments === nothing ? [] : (this.#segments as (Segment | undefined)[]);
    segments[index] = made;
    this.#segments = segments;
    return made;
  }
}

/** How many numbers have room. */
function sizeOf({ widthBits, words }: Segment): number {
  return (words.length << 5) >>> widthBits;
}

/** Most days are small: the first part grows to its size. */
function sizeFor(at: number, before: Segment | undefined): number {
  if (at >>> segmentBits !== 0) return segmentSize;
  const here = 2 ** Math.ceil(Math.log2(at + 1));
  return Math.max(firstSize, here, before === undefined ? 0 : sizeOf(before));
}

function valueIn({ widthBits, words }: Segment, offset: number): number {
  const bit = offset << widthBits;
  // Beyond the end of the first part there is nothing.
  return (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & (masks[widthBits] as number)) >>> 0;
}

function put({ widthBits, words }: Segment, offset: number, value: number): void {
  const bit = offset << widthBits;
  const word = bit >>> 5;
  const shift = bit & 31;
  words[word] = ((words[word] as number) & ~((masks[widthBits] as number) << shift)) | (value << shift);
}
