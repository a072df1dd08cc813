import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  escapedString,
  openBrace,
  openBracket,
  quotation,
  Scanner,
} from "./json-scanner.ts";
import { KeyOrder } from "./key-order.ts";
import { readUnits, writeUnits } from "./text-units.ts";

/**
 * Nested JSON, known to be well formed, as one text for all that say the same: sorted keys, no white space,
 * numbers as they were written.
 */
export function canonicalNested(text: string): string {
  return new CanonicalNested(text).text();
}

/** So many bytes are copied one by one: a call takes longer. */
const fewBytes = 16;

/** What is so already is copied in long runs: a value in each two bytes would take more than all the rest. */
class CanonicalNested {
  readonly #scanner: Scanner;
  /** What is made is never longer than what it is made of. */
  readonly #made: Buffer;
  #size = 0;
  /** Of the same length, for what is put in order. */
  #aside: Buffer | undefined;
  /** The members of the objects that are open. */
  #keys: KeyOrder | undefined;
  /** Where the run begins that is still to be copied. */
  #from = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(Buffer.from(text));
    this.#made = Buffer.allocUnsafe(this.#scanner.bytes.length);
  }

  text(): string {
    this.#value();
    this.#copyTo(this.#scanner.at);
    return this.#made.toString("utf8", 0, this.#size);
  }

  #value(): void {
    const code = this.#peek();
    if (code === openBracket) this.#array();
    else if (code === openBrace) this.#object();
    else this.#single(code);
  }

  #array(): void {
    this.#scanner.at += 1;
    if (this.#take(closeBracket)) return;
    do this.#value();
    while (this.#take(comma));
    this.#take(closeBracket);
  }

  #object(): void {
    this.#scanner.at += 1;
    if (this.#take(closeBrace)) return;
    this.#keys ??= new KeyOrder(this.#made.length);
    const keys = this.#keys;
    const first = keys.members;
    let isSorted = true;
    do {
      this.#member(keys);
      isSorted &&= keys.members - first < 2 || keys.follows;
    } while (this.#take(comma));
    if (!isSorted) this.#sort(keys, first);
    keys.close(first);
    this.#take(closeBrace);
  }

  #member(keys: KeyOrder): void {
    const code = this.#peek();
    const begun = this.#place;
    this.#single(code);
    const { bytes, start, end } = this.#scanner;
    const member = keys.add(readUnits(bytes, start, end, keys.units, keys.size));
    this.#take(colon);
    this.#value();
    keys.place(member, begun, this.#place);
  }

  /** A string, a number or a literal. */
  #single(code: number): void {
    const scanner = this.#scanner;
    const before = scanner.at;
    scanner.pass(0);
    if (code !== quotation || scanner.form !== escapedString) return;
    if (areShortest(scanner.bytes, scanner.start, scanner.end)) return;
    this.#copyTo(before + 1);
    this.#from = scanner.end;
    this.#keys ??= new KeyOrder(this.#made.length);
    const { units, size } = this.#keys;
    const end = readUnits(scanner.bytes, scanner.start, scanner.end, units, size);
    this.#size = writeUnits(units, size, end, this.#made, this.#size);
  }

  /** Repeated keys inside a value keep their order. */
  #sort(keys: KeyOrder, first: number): void {
    this.#copyTo(this.#scanner.at);
    const begun = keys.start(first);
    this.#aside ??= Buffer.allocUnsafe(this.#made.length);
    copyBytes(this.#made, this.#aside, begun, begun, this.#size);
    let at = begun;
    for (const member of keys.inOrder(first)) {
      if (at !== begun) this.#made[at++] = comma;
      const start = keys.start(member);
      const end = keys.end(member);
      copyBytes(this.#aside, this.#made, at, start, end);
      at += end - start;
    }
  }

  /** Where what comes next will stand in what is made. */
  get #place(): number {
    return this.#size + this.#scanner.at - this.#from;
  }

  #take(code: number): boolean {
    if (this.#peek() !== code) return false;
    this.#scanner.at += 1;
    return true;
  }

  /** The next byte that is no white space; that in front of it is left out. */
  #peek(): number {
    const scanner = this.#scanner;
    const { at } = scanner;
    const code = scanner.peek();
    if (scanner.at === at) return code;
    this.#copyTo(at);
    this.#from = scanner.at;
    return code;
  }

  #copyTo(end: number): void {
    copyBytes(this.#scanner.bytes, this.#made, this.#size, this.#from, end);
    this.#size += end - this.#from;
    this.#from = end;
  }
}

const backslash = 0x5c;
const slash = 0x2f;
const letterU = 0x75;

/** The escapes between two places of a string are those that JSON cannot do without, in their short form. */
function areShortest(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== backslash) continue;
    at += 1;
    if (bytes[at] === letterU || bytes[at] === slash) return false;
  }
  return true;
}

function copyBytes(from: Buffer, to: Buffer, at: number, start: number, end: number): void {
  if (end - start > fewBytes) from.copy(to, at, start, end);
  else for (let next = start; next < end; next += 1) to[at + next - start] = from[next] as number;
}
