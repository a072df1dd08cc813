import { Assembly, type RecordSink } from "./assembly.ts";

const quotation = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;

type Place = "around" | "between" | "object" | "text" | "scalar" | "after";

/**
 * Takes the elements of `{"audit_logs":[…],…}` or of a bare array out of a body, byte by byte and untouched,
 * in whatever white space it is printed. Everything around the elements is collected as `frame`: the same
 * JSON with an empty array.
 */
export class Envelope {
  /** The array of entries has been reached, so this is no single object. */
  entered = false;
  /** The outermost value has ended. */
  closed = false;
  private readonly element: Assembly;
  private readonly maxFrame: number;
  /**
   * Grows by doubling: a single object that is no envelope passes here whole, and a list of numbers takes
   * eight times its size.
   */
  private frameBytes = Buffer.alloc(1024);
  frameSize = 0;
  private place: Place = "around";
  /** Brackets open around the entries, and inside the current one. */
  private depth = 0;
  private open = 0;
  private inString = false;
  private escaped = false;
  private stringFrom = 0;
  private lastString = "";
  private key = "";

  constructor(sink: RecordSink, maxBytes: number) {
    this.element = new Assembly(sink, maxBytes);
    this.maxFrame = maxBytes;
  }

  /** What stands around the entries. */
  get frame(): string {
    return this.frameBytes.toString("utf8", 0, this.frameSize);
  }

  /**
   * Reads on from `from`; gives back where it stopped: the end, or behind an outermost object that had no
   * entries.
   */
  push(chunk: Buffer, from = 0): number {
    let at = from;
    while (at < chunk.length) {
      if (this.place === "around" || this.place === "after") {
        at = this.around(chunk, at);
        if (this.closed && !this.entered) return at;
      } else if (this.place === "between") at = this.between(chunk, at);
      else at = this.inside(chunk, at);
    }
    return at;
  }

  private around(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.frameSize <= this.maxFrame) this.keep(byte);
      if (this.inString) this.stringByte(byte);
      else if (byte === quotation) {
        this.inString = true;
        this.stringFrom = this.frameSize;
      } else if (byte === openBracket && this.opensEntries()) {
        this.entered = true;
        this.depth++;
        this.place = "between";
        return at + 1;
      } else if (byte === openBrace || byte === openBracket) this.depth++;
      else if (byte === closeBrace || byte === closeBracket) {
        this.depth--;
        if (this.depth <= 0) {
          this.closed = true;
          this.place = "after";
          if (!this.entered) return at + 1;
        }
      } else if (byte === colon && this.depth === 1) this.key = this.lastString;
      else if (byte === comma && this.depth === 1) this.key = "";
    }
    return chunk.length;
  }

  private keep(byte: number): void {
    if (this.frameSize === this.frameBytes.length)
      this.frameBytes = Buffer.concat([this.frameBytes], this.frameSize * 2);
    this.frameBytes[this.frameSize++] = byte;
  }

  private stringByte(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quotation) {
      this.inString = false;
      if (this.depth === 1 && this.frameSize - this.stringFrom < 64)
        this.lastString = this.frameBytes.toString("latin1", this.stringFrom, this.frameSize - 1);
    }
  }

  private opensEntries(): boolean {
    return (this.depth === 0 && !this.closed) || (this.depth === 1 && this.key === "audit_logs");
  }

  private between(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte <= space || byte === comma) continue;
      if (byte === closeBracket) {
        this.keep(byte);
        this.depth--;
        this.closed = this.depth === 0;
        this.place = this.closed ? "after" : "around";
        return at + 1;
      }
      this.place =
        byte === openBrace || byte === openBracket ? "object" : byte === quotation ? "text" : "scalar";
      return at;
    }
    return chunk.length;
  }

  private inside(chunk: Buffer, from: number): number {
    if (this.place === "object") return this.object(chunk, from);
    const text = this.place === "text";
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (text) {
        if (this.escaped) this.escaped = false;
        else if (byte === backslash) this.escaped = true;
        else if (byte === quotation && this.element.size + at - from > 0)
          return this.finish(chunk, from, at + 1);
      } else if (byte <= space || byte === comma || byte === closeBracket)
        return this.finish(chunk, from, at);
    }
    this.element.add(chunk.subarray(from));
    return chunk.length;
  }

  /** The hot loop: every byte of every entry passes here. */
  private object(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let { open, inString } = this;
    let at = this.escaped ? from + 1 : from;
    for (; at < length; at++) {
      const byte = chunk[at] as number;
      if (inString) {
        if (byte === quotation) inString = false;
        else if (byte === backslash) at++;
      } else if (byte === quotation) inString = true;
      else if (byte === openBrace || byte === openBracket) open++;
      else if ((byte === closeBrace || byte === closeBracket) && --open === 0) {
        this.open = 0;
        this.inString = false;
        this.escaped = false;
        return this.finish(chunk, from, at + 1);
      }
    }
    this.open = open;
    this.inString = inString;
    this.escaped = at > length;
    this.element.add(chunk.subarray(from));
    return length;
  }

  private finish(chunk: Buffer, from: number, to: number): number {
    this.place = "between";
    this.element.finish(chunk.subarray(from, to));
    return to;
  }
}
