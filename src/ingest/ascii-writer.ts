/**
 * Collects ASCII text as bytes in memory that is used again and again, for what is made of every record and
 * never kept.
 */
export class AsciiWriter {
  private readonly bytes: Buffer;
  private size = 0;
  /** All characters or-ed together. */
  private bits = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.alloc(capacity);
  }

  clear(): void {
    this.size = 0;
    this.bits = 0;
  }

  add(text: string): void {
    const { bytes, size } = this;
    let { bits } = this;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      bits |= code;
      // Beyond the end nothing is written.
      bytes[size + at] = code;
    }
    this.size = size + text.length;
    this.bits = bits;
  }

  /** Adds ASCII that is bytes already. */
  addBytes(piece: Buffer): void {
    this.addPart(piece, 0, piece.length);
  }

  /** Adds a part of bytes that is ASCII. */
  addPart(source: Buffer, from: number, to: number): void {
    const { bytes } = this;
    let { size } = this;
    for (let at = from; at < to; at += 1) {
      bytes[size] = source[at] as number;
      size += 1;
    }
    this.size = size;
  }

  /** What was added since `clear`, until the next one; undefined when it was too long or not ASCII. */
  written(): Buffer | undefined {
    return this.size > this.bytes.length || this.bits > 0x7f ? undefined : this.bytes.subarray(0, this.size);
  }
}
