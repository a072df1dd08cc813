/** Reads what a client of Kafka sends, in the encodings that have no tags. Throws where it ends too early. */
export class KafkaReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#move(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#move(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#move(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#move(8));
  }

  /** Undefined: null. */
  text(): string | undefined {
    const length = this.int16();
    return length < 0 ? undefined : this.take(length).toString("utf8");
  }

  /** Undefined: null. */
  bytes(): Buffer | undefined {
    const length = this.int32();
    return length < 0 ? undefined : this.take(length);
  }

  array<Each>(each: () => Each): Each[] {
    return Array.from({ length: Math.max(this.int32(), 0) }, each);
  }

  /** Zigzag, as records have it. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes.readUInt8(this.#move(1));
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return (value >> 1n) ^ -(value & 1n);
    }
  }

  /** Undefined: null. */
  varBytes(): Buffer | undefined {
    const length = Number(this.varint());
    return length < 0 ? undefined : this.take(length);
  }

  take(length: number): Buffer {
    const from = this.#move(length);
    return this.#bytes.subarray(from, from + length);
  }

  #move(count: number): number {
    const from = this.#at;
    if (count < 0 || from + count > this.#bytes.length) throw new Error("a request that ends too early");
    this.#at += count;
    return from;
  }
}

/** Writes what a broker answers, in the same encodings. */
export class KafkaWriter {
  readonly #pieces: Buffer[] = [];

  int8(value: number): this {
    return this.#add(1, (bytes) => bytes.writeInt8(value));
  }

  int16(value: number): this {
    return this.#add(2, (bytes) => bytes.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#add(4, (bytes) => bytes.writeInt32BE(value));
  }

  int64(value: bigint): this {
    return this.#add(8, (bytes) => bytes.writeBigInt64BE(value));
  }

  text(value: string | undefined): this {
    if (value === undefined) return this.int16(-1);
    const bytes = Buffer.from(value);
    return this.int16(bytes.length).raw(bytes);
  }

  bytes(value: Buffer): this {
    return this.int32(value.length).raw(value);
  }

  array<Each>(values: readonly Each[], write: (into: this, value: Each) => void): this {
    this.int32(values.length);
    for (const value of values) write(this, value);
    return this;
  }

  raw(bytes: Buffer): this {
    this.#pieces.push(bytes);
    return this;
  }

  written(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #add(length: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(length);
    write(bytes);
    return this.raw(bytes);
  }
}
