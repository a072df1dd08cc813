import { notOnTheWire, runsOf, unicodeEscape } from "./hostile.ts";

const hostile = runsOf(notOnTheWire);
const quotation = 0x22;
const minus = 0x2d;

/**
 * A JSON string literal of one line that cannot disturb a terminal: every control as `\uXXXX` or shorter.
 * Half a surrogate pair, which some readers refuse and others replace, becomes U+FFFD.
 */
export function quote(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c)
      return visible(JSON.stringify(text.toWellFormed()));
  }
  return `"${text}"`;
}

/**
 * Well-formed JSON on one line: without white space between its parts, and as harmless to look at as `quote`.
 * Values stay as they were written.
 */
export function withoutLineBreaks(json: string): string {
  let kept = "";
  let from = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === 0x22) inString = !inString;
    else if (code === 0x5c) at += 1;
    else if (!inString && code <= 0x20) {
      kept += json.slice(from, at);
      from = at + 1;
    }
  }
  return visible(withoutLoneSurrogates(kept + json.slice(from)));
}

const perhapsLone = /\\u[dD][89a-fA-F]/;
/** A pair of surrogates, half of one, any other escape: in this order, only halves are taken for such. */
const escapes =
  /\\u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2}|\\u[dD][89a-fA-F][\dA-Fa-f]{2}|\\./g;
const halfLength = "\\ud800".length;

/**
 * Well-formed JSON in which no text holds an escape for half a surrogate pair: it stands for no character,
 * and what readers make of it differs (RFC 8259 §8.2). U+FFFD stands in its place, as most of them put it.
 */
export function withoutLoneSurrogates(json: string): string {
  if (!perhapsLone.test(json)) return json;
  return json.replace(escapes, (found) => (found.length === halfLength ? "\\ufffd" : found));
}

/** Sixteen digits, or an exponent: nothing shorter is beyond a double. May be inside of a string. */
const perhapsWide = /\d{16}|\d[eE]/;
/**
 * Well-formed JSON whose numbers every reader can take as they are: an integer beyond 2^53 and a number
 * beyond the range of a double stand as a string of their own digits. Readers change the first in silence and
 * refuse the second (RFC 8259 §6).
 */
export function withoutWideNumbers(json: string): string {
  if (!perhapsWide.test(json)) return json;
  let kept = "";
  let from = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === quotation) at = stringEnd(json, at);
    else if (code === minus || (code >= 0x30 && code <= 0x39)) {
      const end = numberEnd(json, at);
      const digits = json.slice(at, end);
      if (isWide(digits)) {
        kept += `${json.slice(from, at)}"${digits}"`;
        from = end;
      }
      at = end;
    } else at += 1;
  }
  return kept + json.slice(from);
}

/** Behind the closing quotation mark of the string that begins at `start`. */
function stringEnd(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quotation) return at + 1;
    if (code === 0x5c) at += 1;
  }
  return json.length;
}

/** Behind the number that begins at `start`: digits, signs, a point, an exponent. */
function numberEnd(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && "+-.0123456789Ee".includes(json[at] as string)) at += 1;
  return at;
}

function isWide(digits: string): boolean {
  const value = Number(digits);
  return !Number.isFinite(value) || (/^-?\d+$/.test(digits) && !Number.isSafeInteger(value));
}

/** Harmless to look at. Such characters stand only inside of strings, where JSON may escape any character. */
function visible(json: string): string {
  return json.toWellFormed().replace(hostile, unicodeEscape);
}
