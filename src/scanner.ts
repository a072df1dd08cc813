/** One member's value. `text` is the decoded string, a number's own digits, `true`/`false`/`null`, or nested JSON untouched. */
export interface Value {
  readonly kind: "string" | "number" | "literal" | "nested";
  readonly text: string;
  /** `text` can stand between quotation marks in JSON as it is. */
  readonly plain: boolean;
}

/** Objects and arrays inside each other, the outermost included. */
export const maxDepth = 64;

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

const trueValue: Value = { kind: "literal", text: "true", plain: true };
const falseValue: Value = { kind: "literal", text: "false", plain: true };
const nullValue: Value = { kind: "literal", text: "null", plain: true };

/** Walks over JSON text (RFC 8259) once, from left to right. Accepts what `JSON.parse` accepts and keeps numbers as they were written. */
export class Scanner {
  at = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character after white space, not taken; -1 at the end. */
  peek(): number {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
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

  /** The value that comes next; undefined when there is none or it is malformed. `depth` counts what is open around it. */
  value(depth: number): Value | undefined {
    const code = this.peek();
    if (code === quotation) return this.string();
    if (code === minus || isDigit(code)) return this.number();
    if (code === openBrace || code === openBracket) return this.nested(depth);
    if (code === 0x74) return this.literal(trueValue);
    if (code === 0x66) return this.literal(falseValue);
    if (code === 0x6e) return this.literal(nullValue);
    return undefined;
  }

  /** The string that begins at the current quotation mark. */
  string(): Value | undefined {
    const start = this.at + 1;
    const end = this.plainEnd(start);
    if (this.text.charCodeAt(end) !== quotation) return this.escapedString(start, end);
    this.at = end + 1;
    return { kind: "string", text: this.text.slice(start, end), plain: true };
  }

  /** Where the run of ordinary string characters from `start` ends. */
  private plainEnd(start: number): number {
    const { text } = this;
    let end = start;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === quotation || code === backslash || code < 0x20) break;
      end += 1;
    }
    return end;
  }

  private escapedString(start: number, from: number): Value | undefined {
    const end = stringEnd(this.text, from);
    const text = end === -1 ? undefined : parsed(this.text.slice(start - 1, end + 1));
    if (typeof text !== "string") return undefined;
    this.at = end + 1;
    return { kind: "string", text, plain: false };
  }

  private number(): Value | undefined {
    const { text } = this;
    const start = this.at;
    let end = text.charCodeAt(start) === minus ? start + 1 : start;
    const whole = end;
    end = digitsEnd(text, whole);
    if (end === whole || (end > whole + 1 && text.charCodeAt(whole) === 0x30)) return undefined;
    if (text.charCodeAt(end) === point) {
      const fraction = end + 1;
      end = digitsEnd(text, fraction);
      if (end === fraction) return undefined;
    }
    if ((text.charCodeAt(end) | 0x20) === 0x65) {
      const sign = text.charCodeAt(end + 1);
      const exponent = sign === minus || sign === 0x2b ? end + 2 : end + 1;
      end = digitsEnd(text, exponent);
      if (end === exponent) return undefined;
    }
    this.at = end;
    return { kind: "number", text: text.slice(start, end), plain: true };
  }

  private nested(depth: number): Value | undefined {
    const end = nestedEnd(this.text, this.at, depth);
    if (end === -1) return undefined;
    const text = this.text.slice(this.at, end);
    if (parsed(text) === undefined) return undefined;
    this.at = end;
    return { kind: "nested", text, plain: false };
  }

  private literal(value: Value): Value | undefined {
    if (!this.text.startsWith(value.text, this.at)) return undefined;
    this.at += value.text.length;
    return value;
  }
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

/** Behind the bracket that closes the one at `start`; -1 when there is none or it is nested too deep. Does not tell { from [. */
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
