import { copyEscaped } from "../text/copy.ts";
import { isHarmless } from "../text/harmless.ts";
import { anyOf, notOnTheWire } from "../text/hostile.ts";
import type { Writer } from "../text/writer.ts";

/** CR and LF can be escaped in CEF. */
const hostile = anyOf(notOnTheWire, { but: "\\r\\n", flags: "g" });
const extensionEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "=": "\\=",
  "\n": "\\n",
  "\r": "\\r",
};

/**
 * A value after `key=`: at most `limit` code points before escaping, so that no escape is cut; empty when
 * nothing is left.
 */
export function extensionValue(text: string, limit: number): string {
  if (text.length <= limit && isPlain(text, 0x3d)) return text;
  const clean = cleaned(text.replaceAll("\r\n", "\n"), limit);
  return clean.replace(/[\\=\n\r]/g, (character) => extensionEscapes[character] as string);
}

/** A key with its value, and its label behind it. Nothing for what is absent, or empty once it is clean. */
export function textPair(name: string, text: string | undefined, limit: number, label = ""): string {
  if (text === undefined) return "";
  const value = extensionValue(text, limit);
  return value === "" ? "" : name + value + label;
}

const space = 0x20;
const backslash = 0x5c;
const equals = 0x3d;

/** Whether bytes are harmless, and a value as they are: nothing to trim, nothing to escape. */
export function isPlainExtension(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && ordinary[bytes[at] as number] === 1) at += 1;
  // Nearly all are ASCII.
  if (at < end && !(isHarmless(bytes, at, end) && hasNoSpecial(bytes, at, end))) return false;
  return isTrimmed(bytes, start, end);
}

/** 1: printable ASCII that is never escaped. */
const ordinary = new Uint8Array(256).fill(1, space, 0x7f);
ordinary[backslash] = 0;
ordinary[equals] = 0;

function hasNoSpecial(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === backslash || bytes[at] === equals) return false;
  return true;
}

/** Neither end is a space. */
export function isTrimmed(bytes: Buffer, start: number, end: number): boolean {
  return end > start && bytes[start] !== space && bytes[end - 1] !== space;
}

/** Writes harmless bytes with nothing to trim as a value. */
export function writeExtension(into: Writer, source: DataView, start: number, end: number): void {
  into.room(2 * (end - start));
  into.size = copyEscaped(source, start, end, into.view, into.size, equals);
}

/**
 * A field between bars: as `extensionValue`, but a line break is a space and the bar is what needs escaping.
 */
export function headerField(text: string, limit: number): string {
  if (text.length <= limit && isPlain(text, 0x7c)) return text;
  return cleaned(text.replace(/\r\n|\r|\n/g, " "), limit).replace(/[\\|]/g, "\\$&");
}

/** Nothing to clean, trim or escape. Nearly every value is plain. */
function isPlain(text: string, special: number): boolean {
  const last = text.length - 1;
  for (let at = 0; at <= last; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x5c || code === special) return false;
  }
  return last < 0 || (text.charCodeAt(0) !== 0x20 && text.charCodeAt(last) !== 0x20);
}

function cleaned(text: string, limit: number): string {
  const visible = trimmed(text.replace(hostile, " ").toWellFormed());
  const end = codePointEnd(visible, limit);
  return end === visible.length ? visible : trimmed(visible.slice(0, end));
}

/** Without outer spaces: consumers do not keep them. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (text.charCodeAt(start) === 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 0x20) end -= 1;
  return text.slice(start, end);
}

/** Where the first `count` code points of a well-formed text end. */
function codePointEnd(text: string, count: number): number {
  if (text.length <= count) return text.length;
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left -= 1) {
    const code = text.charCodeAt(end);
    end += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
  }
  return end;
}

/** Code points of a well-formed text. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code <= 0xdbff) count -= 1;
  }
  return count;
}
