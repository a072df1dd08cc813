const quotation = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;

/**
 * Follows the brackets of JSON text (RFC 8259) that comes in pieces, in constant memory. Does not tell { from
 * [.
 */
export class Brackets {
  private depth = 0;
  private inString = false;
  private escaped = false;
  private ended = false;
  /** Something stood before the first bracket or after the last one. */
  private stray = false;

  /** The text so far is one value in brackets, from the first to the last, and white space around it. */
  get closed(): boolean {
    return this.ended && !this.stray;
  }

  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.inString) this.stringByte(byte);
      else if (byte === openBrace || byte === openBracket) this.opens();
      else if (byte === closeBrace || byte === closeBracket) this.closes();
      else if (byte === quotation) this.inString = true;
      if (this.depth === 0 && byte > space && !isBracket(byte)) this.stray = true;
    }
  }

  private stringByte(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quotation) this.inString = false;
  }

  private opens(): void {
    if (this.ended) this.stray = true;
    this.depth++;
  }

  private closes(): void {
    if (this.depth === 0) this.stray = true;
    else if (--this.depth === 0) this.ended = true;
  }
}

function isBracket(byte: number): boolean {
  return byte === openBrace || byte === openBracket || byte === closeBrace || byte === closeBracket;
}
