/**
 * One member's value. `text` is the decoded string, a number's own digits, `true`/`false`/`null`, or nested
 * JSON untouched.
 */
export interface Value {
  readonly kind: "string" | "number" | "literal" | "nested";
  readonly text: string;
  /** `text` can stand between quotation marks in JSON as it is. */
  readonly plain: boolean;
}

/** Objects and arrays inside each other, the outermost included. */
export const maxDepth = 64;

/** Bytes of JSON's grammar. */
export const quotation = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
const backslash = 0x5c;
const minus = 0x2d;
const point = 0x2e;
const space = 0x20;
const lastAscii = 0x7e;

/** How a value is written, as a small number: an entry keeps one for each of its members. */
export type Form = 0 | 1 | 2 | 3 | 4;
/** The forms: a string without and with escapes, a number, true/false/null, an object or array. */
export const plainString = 0;
export const escapedString = 1;
export const number = 2;
export const literal = 3;
export const nested = 4;

const kinds = ["string", "string", "number", "literal", "nested"] as const;

/** The value of this form between two places of `bytes`; those of a string are inside its quotation marks. */
export function memberValue(bytes: Buffer, form: Form, start: number, end: number): Value {
  return { kind: kinds[form], text: textAt(bytes, form, start, end), plain: isPlain(form) };
}

/** As `memberValue`, the text alone; broken UTF-8 shows as U+FFFD. */
export function textAt(bytes: Buffer, form: Form, start: number, end: number): string {
  if (form === escapedString) return JSON.parse(bytes.toString("utf8", start - 1, end + 1));
  return bytes.toString("utf8", start, end);
}

function isPlain(form: Form): boolean {
  return form !== escapedString && form !== nested;
}

/** What stands inside a string as it is: 1 up to `~`, 2 beyond it; 0 ends the run. */
const ordinary = new Uint8Array(256).fill(2);
ordinary.fill(1, space, lastAscii + 1);
ordinary.fill(0, 0, space);
ordinary[quotation] = 0;
ordinary[backslash] = 0;

/**
 * Walks over JSON text (RFC 8259) once, from left to right, in the bytes as they came. Accepts what
 * `JSON.parse` accepts and keeps numbers as they were written.
 */
export class Scanner {
  at = 0;
  readonly bytes: Buffer;
  /** The value that `pass` took last, as `memberValue` wants it. */
  form: Form = plainString;
  start = 0;
  end = 0;
  /** It is made of nothing but printable ASCII; said of strings. */
  ascii = true;
  /** Between its parts stood white space other than spaces. */
  broken = false;
  private readonly size: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.size = bytes.length;
  }

  /** The next byte after white space, not taken; -1 at the end. */
  peek(): number {
    const { bytes, size } = this;
    while (this.at < size) {
      const code = bytes[this.at] as number;
      if (code > space) return code;
      if (code !== space) {
        if (code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
        this.broken = true;
      }
      this.at += 1;
    }
    return -1;
  }

  /** Takes `code` when it comes next after white space. */
  take(code: number): boolean {
    if (this.bytes[this.at] !== code && this.peek() !== code) return false;
    this.at += 1;
    return true;
  }

  /**
   * The value that comes next; undefined when there is none or it is malformed. `depth` counts what is open
   * around it.
   */
  value(depth: number): Value | undefined {
    return this.pass(depth) ? memberValue(this.bytes, this.form, this.start, this.end) : undefined;
  }

  /** The string that begins at the current quotation mark. */
  string(): string | undefined {
    return this.passString() ? textAt(this.bytes, this.form, this.start, this.end) : undefined;
  }

  /** As `value`, but only notes where it stands. */
  pass(depth: number): boolean {
    const code = this.peek();
    if (code === quotation) return this.passString();
    if (code === minus || isDigit(code)) return this.passNumber();
    if (code === openBrace || code === openBracket) return this.passNested(depth);
    if (code === 0x74) return this.passLiteral("true");
    if (code === 0x66) return this.passLiteral("false");
    return code === 0x6e && this.passLiteral("null");
  }

  private passed(form: Form, start: number, end: number): true {
    this.form = form;
    this.start = start;
    this.end = end;
    return true;
  }

  private passString(): boolean {
    const { bytes, size } = this;
    const start = this.at + 1;
    let end = start;
    let wide = 1;
    for (; end < size; end += 1) {
      const what = ordinary[bytes[end] as number] as number;
      if (what === 0) break;
      wide |= what;
    }
    this.ascii = wide === 1;
    if (bytes[end] !== quotation) return this.passEscaped(start, end);
    this.at = end + 1;
    return this.passed(plainString, start, end);
  }

  private passEscaped(start: number, from: number): boolean {
    const end = escapedEnd(this.bytes, from, this.size);
    if (end === -1) return false;
    this.at = end + 1;
    return this.passed(escapedString, start, end);
  }

  private passNumber(): boolean {
    const { bytes } = this;
    const start = this.at;
    const whole = bytes[start] === minus ? start + 1 : start;
    let end = this.digitsEnd(whole);
    if (end === whole || (end > whole + 1 && bytes[whole] === 0x30)) return false;
    if (bytes[end] === point) {
      const fraction = end + 1;
      end = this.digitsEnd(fraction);
      if (end === fraction) return false;
    }
    if (((bytes[end] ?? 0) | 0x20) === 0x65) {
      const sign = bytes[end + 1];
      const exponent = sign === minus || sign === 0x2b ? end + 2 : end + 1;
      end = this.digitsEnd(exponent);
      if (end === exponent) return false;
    }
    this.at = end;
    return this.passed(number, start, end);
  }

  private digitsEnd(start: number): number {
    const { bytes, size } = this;
    let end = start;
    while (end < size && isDigit(bytes[end] as number)) end += 1;
    return end;
  }

  /** Makes nothing of what is inside: an array in each two bytes would take more time than all the rest. */
  private passNested(outer: number): boolean {
    const { at: start, broken } = this;
    const depth = outer + 1;
    if (depth > maxDepth) return false;
    const isObject = this.bytes[start] === openBrace;
    const close = isObject ? closeBrace : closeBracket;
    this.at += 1;
    if (!this.take(close)) {
      do if (!(isObject ? this.passMember(depth) : this.pass(depth))) return false;
      while (this.take(comma));
      if (!this.take(close)) return false;
    }
    this.broken = broken;
    return this.passed(nested, start, this.at);
  }

  private passMember(depth: number): boolean {
    return this.peek() === quotation && this.passString() && this.take(colon) && this.pass(depth);
  }

  private passLiteral(word: string): boolean {
    const { bytes, at } = this;
    for (let place = 0; place < word.length; place += 1)
      if (bytes[at + place] !== word.charCodeAt(place)) return false;
    this.at += word.length;
    return this.passed(literal, at, this.at);
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The closing quotation mark of the string that `from` is inside of; -1 where it is malformed. */
function escapedEnd(bytes: Buffer, from: number, size: number): number {
  let end = from;
  while (end < size) {
    const code = bytes[end] as number;
    if (code === quotation) return end;
    if (code < space) return -1;
    const length = code === backslash ? escapeLength(bytes, end) : 1;
    if (length === 0) return -1;
    end += length;
  }
  return -1;
}

/** Of the escape that begins at this backslash; 0 where it is none. */
function escapeLength(bytes: Buffer, at: number): number {
  const length = escapeLengths[bytes[at + 1] ?? 0] as number;
  for (let digit = at + 2; digit < at + length; digit += 1) if (!isHexDigit(bytes[digit] ?? 0)) return 0;
  return length;
}

/** By what follows the backslash. A table, because half of a long text may be escapes. */
const escapeLengths = new Uint8Array(256);
for (const letter of 'u"\\/bfnrt') escapeLengths[letter.charCodeAt(0)] = letter === "u" ? 6 : 2;

function isHexDigit(code: number): boolean {
  const letter = code | 0x20;
  return isDigit(code) || (letter >= 0x61 && letter <= 0x66);
}
