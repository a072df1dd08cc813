import { viewOf } from "./copy.ts";
import type { Depends, SectionEnd } from "./depends.ts";
import { digitCount, putDigits, putHex } from "./digits.ts";
import { grown } from "./grown.ts";
import { quote } from "./json-text.ts";
import type { Notes } from "./notes.ts";

/** Up to so many bytes a loop copies faster than the call that copies a part, and than that for all. */
const [fewBytes, fewOfAll] = [40, 10];
const [quotation, backslash] = [0x22, 0x5c];
/** What one character of a text can take in UTF-8. */
const bytesPerUnit = 3;

/** A stretch of what is written that something in front of it, or a check, depends on as a whole. */
export interface Section {
  /** So many bytes are left free in front of it. */
  readonly reserve: number;
  /** `begun`: where it begins, behind those bytes. False: it is not written as such usually are. */
  close(into: Writer, begun: number): boolean;
  readonly of?: SectionEnd;
}

/** Writes what differs from event to event; for `of` see `partOf`. False: it is not as it usually is. */
export type Part<Event> = ((into: Writer, event: Event) => boolean) & {
  readonly of?: Depends;
};

/**
 * Bytes that grow at their end, in memory that is used again: what formats write payloads into. What was
 * written before stays as it is. Its methods tell apart what is the same for all events of a kind
 * (`constant`, `fixed`, `byte`), what of an event stands in between (`value`, `whole`, `part`, `open` and
 * `close`), and what nobody can foresee (all others).
 */
export class Writer {
  /** The first `size` of these. */
  bytes: Buffer;
  /** Of the same memory, for `copyBytes`. */
  view: DataView;
  size = 0;
  /** Is told what is written, where somebody wants to know. */
  notes: Notes<Section, Part<never>> | undefined;

  readonly #usual: number;

  /** `usual`: see `grown`. */
  constructor(capacity = 4096, usual = Number.POSITIVE_INFINITY) {
    this.bytes = Buffer.allocUnsafe(capacity);
    this.view = viewOf(this.bytes);
    this.#usual = usual;
  }

  /** Makes room for so many more bytes. */
  room(count: number): void {
    const wanted = this.size + count;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(grown(this.bytes.length, wanted, this.#usual));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.size] = value;
    this.size += 1;
  }

  /** What is the same for all events of a kind, as text. */
  fixed(text: string): void {
    const { notes } = this;
    this.notes = undefined;
    this.text(text);
    this.notes = notes;
  }

  /** Gives back what `write` gives back. */
  part<Event>(write: Part<Event>, event: Event): boolean {
    const { notes, size } = this;
    // Of what a part is made nobody wants to know.
    this.notes = undefined;
    try {
      const done = write(this, event);
      notes?.part(write, done, size, this.size);
      return done;
    } finally {
      this.notes = notes;
    }
  }

  /** The value of a known key, by its place in `knownKeys`, as it stands in the record. */
  value(key: number, record: Buffer, start: number, end: number): void {
    this.#copy(record, start, end);
    this.notes?.value(key, this.size - (end - start), this.size);
  }

  /** A record as it stands in some memory. */
  whole(memory: Buffer, from: number, to: number): void {
    this.#copy(memory, from, to);
    this.notes?.whole(this.size - (to - from), this.size);
  }

  /** Begins a section; what comes back goes to `close`. */
  open(section: Section): number {
    const { reserve } = section;
    this.room(reserve);
    this.size += reserve;
    this.notes?.opened(section, this.size - reserve, this.size);
    return this.size;
  }

  /** Gives back what the section does. */
  close(section: Section, begun: number): boolean {
    const { notes, size } = this;
    this.notes = undefined;
    const done = section.close(this, begun);
    this.notes = notes;
    notes?.closed(section, done, begun, size, this.size);
    return done;
  }

  /** As if nothing had been written since it had this size. */
  takeBack(size: number): void {
    this.size = size;
    this.notes?.takenBack(size);
  }

  /** What is the same for all events of a kind. */
  constant(piece: Buffer): void {
    const { length } = piece;
    this.room(length);
    const { bytes, size } = this;
    if (length > fewOfAll) bytes.set(piece, size);
    else for (let at = 0; at < length; at += 1) bytes[size + at] = piece[at] as number;
    this.size = size + length;
  }

  copy(source: Buffer, start: number, end: number): void {
    this.notes?.unforeseen();
    this.#copy(source, start, end);
  }

  #copy(source: Buffer, start: number, end: number): void {
    const count = end - start;
    this.room(count);
    const { bytes, size } = this;
    if (count > fewBytes) source.copy(bytes, size, start, end);
    else for (let at = 0; at < count; at += 1) bytes[size + at] = source[start + at] as number;
    this.size = size + count;
  }

  /** As UTF-8; half a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    this.notes?.unforeseen();
    const { length } = text;
    this.room(length * bytesPerUnit);
    const { bytes, size } = this;
    if (length > fewBytes) {
      this.size += bytes.write(text, size, "utf8");
      return;
    }
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) {
        this.size += bytes.write(text, size, "utf8");
        return;
      }
      bytes[size + at] = code;
    }
    this.size = size + length;
  }

  /** As a JSON string, see `quote`. */
  quoted(text: string): void {
    this.notes?.unforeseen();
    const { length } = text;
    this.room(length + 2);
    const { bytes, size } = this;
    bytes[size] = quotation;
    let at = 0;
    for (; at < length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < 0x20 || code > 0x7e || code === quotation || code === backslash) break;
      bytes[size + 1 + at] = code;
    }
    if (at < length) this.text(quote(text));
    else {
      bytes[size + 1 + length] = quotation;
      this.size = size + length + 2;
    }
  }

  /** Harmless text as it stands between the quotation marks of a JSON string. */
  escapedCopy(source: Buffer, start = 0, end = source.length): void {
    this.notes?.unforeseen();
    this.room((end - start) * 2);
    const { bytes } = this;
    let { size } = this;
    for (let at = start; at < end; at += 1) {
      const byte = source[at] as number;
      if (byte === quotation || byte === backslash) bytes[size++] = backslash;
      bytes[size++] = byte;
    }
    this.size = size;
  }

  /** So many bytes as hexadecimal digits. */
  hex(source: Buffer, start: number, count: number): void {
    this.notes?.unforeseen();
    this.room(2 * count);
    putHex(this.view, this.size, source, start, count);
    this.size += 2 * count;
  }

  /** A whole number, from 0 to 2^53 - 1, with as many leading zeros as make up `width` digits. */
  digits(value: number, width = 1): void {
    this.notes?.unforeseen();
    const count = Math.max(digitCount(value), width);
    this.room(count);
    putDigits(this.bytes, this.size, value, count);
    this.size += count;
  }

  /** What was written, which the next `clear` may overwrite. */
  written(start = 0): Buffer {
    return this.bytes.subarray(start, this.size);
  }

  /** The same as text. */
  toText(start = 0): string {
    return this.bytes.toString("utf8", start, this.size);
  }

  clear(): void {
    this.takeBack(0);
  }
}

/** Of a text that is always the same. */
export function constant(text: string): Buffer {
  return kept(Buffer.from(text));
}

/** A copy that is kept for long: a small buffer is part of a page that others share, and holds all of it. */
export function kept(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
