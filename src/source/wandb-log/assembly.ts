import { createHash, type Hash } from "node:crypto";

/** Takes the records of a body in their order. */
export interface RecordSink {
  /** The exact bytes of one record. They share memory with the body's chunk. */
  record(bytes: Buffer): void;
  /** A record over the limit: its beginning, with its size and hash noted at the end. */
  tooLong(bytes: Buffer): void;
}

const keptOfLong = 64 * 1024;

/** Puts one record together whose bytes arrive in several chunks, in bounded memory. */
export class Assembly {
  size = 0;
  private readonly sink: RecordSink;
  private readonly maxBytes: number;
  private pieces: Buffer[] = [];
  private hash: Hash | undefined;

  constructor(sink: RecordSink, maxBytes: number) {
    this.sink = sink;
    this.maxBytes = maxBytes;
  }

  add(piece: Buffer): void {
    this.size += piece.length;
    if (this.hash === undefined) {
      this.pieces.push(piece);
      if (this.size > this.maxBytes) this.cut();
    } else this.hash.update(piece);
  }

  /** Hands over what was added, with `last` at its end, and begins anew. */
  finish(last: Buffer): void {
    if (this.size === 0 && last.length <= this.maxBytes) {
      this.sink.record(last);
      return;
    }
    this.add(last);
    const whole = this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
    const { hash, size } = this;
    this.size = 0;
    this.pieces = [];
    this.hash = undefined;
    if (hash === undefined) this.sink.record(whole);
    else
      this.sink.tooLong(
        Buffer.concat([whole, Buffer.from(` [cut: ${size} bytes, sha256 ${hash.digest("hex")}]`)]),
      );
  }

  /** From here on only the hash grows. */
  private cut(): void {
    this.hash = createHash("sha256");
    for (const piece of this.pieces) this.hash.update(piece);
    this.pieces = [Buffer.concat(this.pieces).subarray(0, Math.min(keptOfLong, this.maxBytes))];
  }
}
