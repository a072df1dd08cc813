import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quotation,
  Scanner,
} from "./json-scanner.ts";

/**
 * How many objects and arrays are inside each other in bytes that are one JSON object, the outermost
 * included; 0 where they are none. Takes what `JSON.parse` takes, of any depth, and makes nothing of it:
 * values in every few bytes would be hundreds of thousands of objects.
 */
export function depthOfObject(bytes: Buffer): number {
  const scanner = new Scanner(bytes);
  const open = new OpenBrackets();
  if (scanner.peek() !== openBrace) return 0;
  do if (!passBegun(scanner, open)) return 0;
  while (passEnds(scanner, open));
  return open.depth === 0 && scanner.peek() === -1 ? open.deepest : 0;
}

/** The next value up to where it ends, or to the first value inside of it. */
function passBegun(scanner: Scanner, open: OpenBrackets): boolean {
  for (;;) {
    const code = scanner.peek();
    if (code !== openBrace && code !== openBracket) return scanner.pass(0);
    scanner.at += 1;
    const close = code === openBrace ? closeBrace : closeBracket;
    open.push(close);
    if (scanner.take(close)) {
      open.pop();
      return true;
    }
    if (close === closeBrace && !passKey(scanner)) return false;
  }
}

/** What ends behind a value. True where a further value follows. */
function passEnds(scanner: Scanner, open: OpenBrackets): boolean {
  while (open.depth > 0) {
    if (scanner.take(comma)) return open.last === closeBracket || passKey(scanner);
    if (!scanner.take(open.last)) return false;
    open.pop();
  }
  return false;
}

function passKey(scanner: Scanner): boolean {
  return scanner.peek() === quotation && scanner.pass(0) && scanner.take(colon);
}

/** What closes those that are open, a byte each. */
class OpenBrackets {
  depth = 0;
  deepest = 0;
  #closing = new Uint8Array(64);

  get last(): number {
    return this.#closing[this.depth - 1] as number;
  }

  push(close: number): void {
    if (this.depth === this.#closing.length) {
      const before = this.#closing;
      this.#closing = new Uint8Array(2 * before.length);
      this.#closing.set(before);
    }
    this.#closing[this.depth++] = close;
    if (this.depth > this.deepest) this.deepest = this.depth;
  }

  pop(): void {
    this.depth -= 1;
  }
}
