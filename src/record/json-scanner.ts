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

/** Characters of JSON's grammar, as `charCodeAt` gives them. */
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

/** How a value is written, as a small number: an entry keeps one for each of its members. */
export type Form = 0 | 1 | 2 | 3 | 4;
/** The forms: a string without and with escapes, a number, true/false/null, an object or array. */
export const plainString = 0;
export const escapedString = 1;
export const number = 2;
export const literal = 3;
export const nested = 4;

const kinds = ["string", "string", "number", "literal", "nested"] as const;

/** The value of this form between two places of `text`; those of a string are inside its quotation marks. */
export function memberValue(text: string, form: Form, start: number, end: number): Value {
  return { kind: kinds[form], text: textAt(text, form, start, end), plain: isPlain(form) };
}

/** As `memberValue`, the text alone. */
export function textAt(text: string, form: Form, start: number, end: number): string {
  return form === escapedString ? JSON.parse(text.slice(start - 1, end + 1)) : text.slice(start, end);
}

function isPlain(form: Form): boolean {
  return form !== escapedString && form !== nested;
}

/**
 * Walks over JSON text (RFC 8259) once, from left to right. Accepts what `JSON.parse` accepts and keeps
 * numbers as they were written.
 */
export class Scanner {
  at = 0;
  readonly text: string;
  /** The value that `pass` took last, as `memberValue` wants it. */
  form: Form = plainString;
  start = 0;
  end = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character after white space, not taken; -1 at the end. */
  peek(): number {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code > 0x20 || (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)) return code;
      this.at += 1;
    }
    return -1;
  }

  /** Takes `code` when it comes next after white space. */
  take(code: number): boolean {
    if (this.peek() !== code) return false;
    this.at += 1;
    return true;
  }

  /**
   * The value that comes next; undefined when there is none or it is malformed. `depth` counts what is open
   * around it.
   */
  value(depth: number): Value | undefined {
    return this.pass(depth) ? memberValue(this.text, this.form, this.start, this.end) : undefined;
  }

  /** The string that begins at the current quotation mark. */
  string(): string | undefined {
    return this.passString() ? textAt(this.text, this.form, this.start, this.end) : undefined;
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
    const start = this.at + 1;
    const end = plainEnd(this.text, start);
    if (this.text.charCodeAt(end) !== quotation) return this.passEscaped(start, end);
    this.at = end + 1;
    return this.passed(plainString, start, end);
  }

  private passEscaped(start: number, from: number): boolean {
    const end = stringEnd(this.text, from);
    if (end === -1 || parsed(this.text.slice(start - 1, end + 1)) === undefined) return false;
    this.at = end + 1;
    return this.passed(escapedString, start, end);
  }

  private passNumber(): boolean {
    const { text } = this;
    const start = this.at;
    let end = text.charCodeAt(start) === minus ? start + 1 : start;
    const whole = end;
    end = digitsEnd(text, whole);
    if (end === whole || (end > whole + 1 && text.charCodeAt(whole) === 0x30)) return false;
    if (text.charCodeAt(end) === point) {
      const fraction = end + 1;
      end = digitsEnd(text, fraction);
      if (end === fraction) return false;
    }
    if ((text.charCodeAt(end) | 0x20) === 0x65) {
      const sign = text.charCodeAt(end + 1);
      const exponent = sign === minus || sign === 0x2b ? end + 2 : end + 1;
      end = digitsEnd(text, exponent);
      if (end === exponent) return false;
    }
    this.at = end;
    return this.passed(number, start, end);
  }

  private passNested(depth: number): boolean {
    const start = this.at;
    const end = nestedEnd(this.text, start, depth);
    if (end === -1 || parsed(this.text.slice(start, end)) === undefined) return false;
    this.at = end;
    return this.passed(nested, start, end);
  }

  private passLiteral(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    const start = this.at;
    this.at += word.length;
    return this.passed(literal, start, this.at);
  }
}

/** Where the run of ordinary string characters from `start` ends. */
function plainEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === quotation || code === backslash || code < 0x20) break;
    end += 1;
  }
  return end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function digitsEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** The closing quotation mark of the string that `from` is inside of, or -1. */
function stringEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === quotation) return end;
    end += code === backslash ? 2 : 1;
  }
  return -1;
}

/**
 * Behind the bracket that closes the one at `start`; -1 when there is none or it is nested too deep. Does not
 * tell { from [.
 */
function nestedEnd(text: string, start: number, outer: number): number {
  let depth = outer;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quotation) {
      at = stringEnd(text, at + 1);
      if (at === -1) return -1;
    } else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > maxDepth) return -1;
    } else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
      if (depth === outer) return at + 1;
    }
  }
  return -1;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
