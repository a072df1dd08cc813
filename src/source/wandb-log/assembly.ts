import { createHash, type Hash } from "node:crypto";
import { Brackets } from "./brackets.ts";
import { Pieces } from "./pieces.ts";

/**
 * How far the bytes of a record go: `whole` is a JSON object from its first bracket to its last, `broken` is
 * not.
 */
export type Extent = "whole" | "broken";

/** Takes the records of a body in their order. */
export interface RecordSink {
  /** The exact bytes of one record, and how far they go. They share memory with the body's chunk. */
  record(bytes: Buffer): Extent;
  /** A record over the limit: its beginning, with its size and hash noted at the end. */
  tooLong(bytes: Buffer): void;
}

const keptOfLong = 64 * 1024;

/** Puts one record together whose bytes arrive in several chunks, in bounded memory. */
export class Assembly {
  size = 0;
  private readonly sink: RecordSink;
  private readonly maxBytes: number;
  private readonly pieces = new Pieces();
  private hash: Hash | undefined;
  /** Of a record over the limit, whose bytes are not there any more when it ends. */
  private brackets = new Brackets();

  constructor(sink: RecordSink, maxBytes: number) {
    this.sink = sink;
    this.maxBytes = maxBytes;
  }

  add(piece: Buffer): void {
    this.size += piece.length;
    if (this.hash === undefined) {
      this.pieces.add(piece);
      if (this.size > this.maxBytes) this.cut();
    } else this.goOn(piece, this.hash);
  }

  /**
   * Hands over what was added, with `last` at its end, and begins anew. Gives back how far its bytes went.
   */
  finish(last: Buffer): Extent {
    if (this.size === 0 && last.length <= this.maxBytes) return this.sink.record(last);
    this.add(last);
    const whole = this.pieces.takeWhole();
    const { hash, size, brackets } = this;
    this.size = 0;
    this.hash = undefined;
    if (hash === undefined) return this.sink.record(whole);
    this.brackets = new Brackets();
    this.sink.tooLong(
      Buffer.concat([whole, Buffer.from(` [cut: ${size} bytes, sha256 ${hash.digest("hex")}]`)]),
    );
    return brackets.closed ? "whole" : "broken";
  }

  /** From here on nothing is kept: only hash and brackets follow. */
  private cut(): void {
    this.hash = createHash("sha256");
    const whole = this.pieces.takeWhole();
    this.goOn(whole, this.hash);
    this.pieces.add(Buffer.from(whole.subarray(0, Math.min(keptOfLong, this.maxBytes))));
  }
  private goOn(piece: Buffer, hash: Hash): void {
    hash.update(piece);
    this.brackets.push(piece);
  }
}
