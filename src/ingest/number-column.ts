const segmentBits = 16;
const segmentSize = 1 << segmentBits;
/** A liar may show as many days as entries: one of few takes little. */
const firstSize = 8;

type Segment = Uint8Array | Uint16Array | Uint32Array;
/** Of all columns in which nothing is set: most columns of a day that nobody wrote to. */
const nothing: readonly undefined[] = [];
const arrays = { 4: Uint8Array, 16: Uint16Array, 32: Uint32Array } as const;

/**
 * A number for each of many things that are numbered from 0; 0 where none was set. It takes memory in parts
 * as it grows, and none for parts where all are 0. `bits` is what most values fit in; few larger ones cost
 * more.
 */
export class NumberColumn {
  readonly #bits: 4 | 16 | 32;
  /** 1 where two values share a byte. */
  readonly #shared: 0 | 1;
  /** This value, and any above it, stands in `#large`; unused where all values fit. */
  readonly #most: number;
  #segments: readonly (Segment | undefined)[] = nothing;
  #large: Map<number, number> | undefined;

  constructor(bits: 4 | 16 | 32) {
    this.#bits = bits;
    this.#shared = bits === 4 ? 1 : 0;
    this.#most = bits === 32 ? Number.POSITIVE_INFINITY : 2 ** bits - 1;
  }

  get(at: number): number {
    const segment = this.#segments[at >>> segmentBits];
    if (segment === undefined) return 0;
    const value = this.#valueIn(segment, at & (segmentSize - 1));
    return value === this.#most ? (this.#large?.get(at) as number) : value;
  }

  set(at: number, value: number): void {
    const segment = this.#segmentFor(at, value);
    if (segment === undefined) return;
    const offset = at & (segmentSize - 1);
    if (this.#valueIn(segment, offset) === this.#most) this.#large?.delete(at);
    if (value >= this.#most) this.#setLarge(at, value);
    this.#put(segment, offset, Math.min(value, this.#most));
  }

  /** Those whose number is not 0. */
  *marked(): Generator<number, void> {
    for (const [index, segment] of this.#segments.entries())
      if (segment !== undefined)
        for (let offset = 0; offset < segment.length << this.#shared; offset++)
          if (this.#valueIn(segment, offset) !== 0) yield index * segmentSize + offset;
  }

  clear(): void {
    this.#segments = nothing;
    this.#large = undefined;
  }

  get byteLength(): number {
    return this.#segments.reduce(
      (bytes, segment) => bytes + (segment?.byteLength ?? 0),
      (this.#large?.size ?? 0) * 50,
    );
  }

  #valueIn(segment: Segment, offset: number): number {
    if (this.#shared === 0) return segment[offset] ?? 0;
    return ((segment[offset >>> 1] ?? 0) >>> ((offset & 1) << 2)) & 15;
  }

  #put(segment: Segment, offset: number, value: number): void {
    if (this.#shared === 0) segment[offset] = value;
    else {
      const shift = (offset & 1) << 2;
      segment[offset >>> 1] = ((segment[offset >>> 1] as number) & (0xf0 >>> shift)) | (value << shift);
    }
  }

  #setLarge(at: number, value: number): void {
    this.#large ??= new Map();
    this.#large.set(at, value);
  }

  /** The part that `at` stands in; undefined where it has none and needs none. */
  #segmentFor(at: number, value: number): Segment | undefined {
    const index = at >>> segmentBits;
    const offset = at & (segmentSize - 1);
    const found = this.#segments[index];
    if (found !== undefined && offset < found.length << this.#shared) return found;
    if (value === 0) return undefined;
    // Most days are small: the first part grows to its size.
    const fits = Math.max(firstSize, 2 ** Math.ceil(Math.log2(offset + 1)));
    const made = new arrays[this.#bits]((index === 0 ? fits : segmentSize) >>> this.#shared);
    if (found !== undefined) made.set(found);
    const segments = this.#segments === nothing ? [] : (this.#segments as (Segment | undefined)[]);
    segments[index] = made;
    this.#segments = segments;
    return made;
  }
}
