import type { Instant } from "../time/clock.ts";
import {
  closeBrace,
  colon,
  comma,
  escapedString,
  type Form,
  literal,
  memberValue,
  openBrace,
  quotation,
  Scanner,
  textAt,
  type Value,
} from "./json-scanner.ts";
import type { KnownKey } from "./known-keys.ts";
import { knownKeyAt, knownKeys } from "./known-keys.ts";
import { parseTimestamp } from "./timestamp.ts";

export type { Value } from "./json-scanner.ts";

/** More is not an audit entry but an attack. */
const maxKeys = 4096;
/**
 * Numbers per member: its place in `knownKeys`, or for any other key `~` the place of its quotation mark in
 * the text; the value's form, start and end.
 */
const stride = 4;

/**
 * One record as a flat JSON object. Its members are numbered from 0 in the order of the text; of a repeated
 * key the last value counts, as in `JSON.parse`. Names such as `__proto__` are data like any other. It only
 * remembers where the parts stand in the text: nearly all entries are known ones seen again, whose values
 * nobody asks for.
 */
export class Entry {
  readonly text: string;
  readonly size: number;
  private readonly spans: readonly number[];

  constructor(text: string, spans: readonly number[]) {
    this.text = text;
    this.size = spans.length / stride;
    this.spans = spans;
  }

  /** The member's key by its place in `knownKeys`, or -1. */
  known(at: number): number {
    return Math.max(-1, this.spans[at * stride] as number);
  }

  key(at: number): string {
    return keyOf(this.text, this.spans[at * stride] as number);
  }

  form(at: number): Form {
    return this.spans[at * stride + 1] as Form;
  }

  /** Where the value's text starts and ends. */
  start(at: number): number {
    return this.spans[at * stride + 2] as number;
  }

  end(at: number): number {
    return this.spans[at * stride + 3] as number;
  }

  /** The value's text, decoded. */
  valueText(at: number): string {
    return textAt(this.text, this.form(at), this.start(at), this.end(at));
  }

  value(at: number): Value {
    return memberValue(this.text, this.form(at), this.start(at), this.end(at));
  }

  /** All keys; all values in the same order. */
  get keys(): readonly string[] {
    return Array.from({ length: this.size }, (_, at) => this.key(at));
  }

  get values(): readonly Value[] {
    return Array.from({ length: this.size }, (_, at) => this.value(at));
  }

  /** Looks from member to member: go over them to see all. */
  get(key: string): Value | undefined {
    for (let at = 0; at < this.size; at += 1) if (this.key(at) === key) return this.value(at);
    return undefined;
  }
}

/** One list for all entries, which only ever hold copies. */
const spans: number[] = [];

/**
 * The text of one record as an Entry. Undefined when it is not a JSON object, is nested deeper than 64 or has
 * more than 4,096 keys; never throws.
 */
export function parseEntry(text: string): Entry | undefined {
  const scanner = new Scanner(text);
  let size = 0;
  let seen = 0;
  let distinct = true;
  if (!scanner.take(openBrace)) return undefined;
  if (!scanner.take(closeBrace)) {
    do {
      if (scanner.peek() !== quotation || size === maxKeys * stride) return undefined;
      const keyAt = scanner.at;
      let place = knownKeyAt(text, keyAt + 1);
      if (place !== -1) scanner.at += (knownKeys[place] as string).length + 2;
      else {
        const key = scanner.string();
        if (key === undefined) return undefined;
        if (scanner.form === escapedString) place = knownKeys.indexOf(key as KnownKey);
      }
      if (!scanner.take(colon) || !scanner.pass(1)) return undefined;
      // Keys that are not known share bit 0.
      const bit = place === -1 ? 1 : 2 << place;
      if ((seen & bit) !== 0) distinct = false;
      seen |= bit;
      spans[size] = place === -1 ? ~keyAt : place;
      spans[size + 1] = scanner.form;
      spans[size + 2] = scanner.start;
      spans[size + 3] = scanner.end;
      size += stride;
    } while (scanner.take(comma));
    if (!scanner.take(closeBrace)) return undefined;
  }
  if (scanner.peek() !== -1) return undefined;
  const copy = spans.slice(0, size);
  return new Entry(text, distinct ? copy : lastValues(text, copy));
}

const timestamp = knownKeys.indexOf("timestamp");

/** When it happened (UTC when it names no zone); undefined when the entry does not say or says it wrongly. */
export function entryTime(entry: Entry): Instant | undefined {
  for (let at = 0; at < entry.size; at += 1)
    if (entry.known(at) === timestamp)
      return entry.form(at) <= escapedString ? parseTimestamp(entry.valueText(at)) : undefined;
  return undefined;
}

const action = knownKeys.indexOf("action");

/** Whether the entry says what happened: it has an action that is a text and not empty. */
export function saysAction(entry: Entry): boolean {
  for (let at = 0; at < entry.size; at += 1)
    if (entry.known(at) === action) return entry.form(at) <= escapedString && entry.end(at) > entry.start(at);
  return false;
}

/** The member's value is an empty text, or null. */
export function isAbsent(entry: Entry, at: number): boolean {
  const start = entry.start(at);
  return start === entry.end(at) || (entry.form(at) === literal && entry.text[start] === "n");
}

/** The key that a span's first number stands for. */
function keyOf(text: string, known: number): string {
  if (known >= 0) return knownKeys[known] as string;
  const scanner = new Scanner(text);
  scanner.at = ~known;
  return scanner.string() as string;
}

/** A key stands where it came first, with the value that came last. */
function lastValues(text: string, spans: readonly number[]): number[] {
  const last = new Map<string, number[]>();
  for (let at = 0; at < spans.length; at += stride)
    last.set(keyOf(text, spans[at] as number), spans.slice(at, at + stride));
  return [...last.values()].flat();
}
