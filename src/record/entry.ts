import type { Instant } from "../time/clock.ts";
import {
  escapedString,
  type Form,
  literal,
  memberValue,
  Scanner,
  textAt,
  type Value,
} from "./json-scanner.ts";
import { knownKeys } from "./known-keys.ts";
import { asciiBit, stride } from "./span-block.ts";
import { timestampAt } from "./timestamp.ts";

export type { Value } from "./json-scanner.ts";

const formBits = 7;
/** In front of the members stands for each known key which member has it, counted from 1; 0 where none. */
export const slots = knownKeys.length;

/**
 * One record as a flat JSON object. Its members are numbered from 0 in the order of the text; of a repeated
 * key the last value counts, as in `JSON.parse`. Names such as `__proto__` are data like any other. It only
 * remembers where the parts stand in the bytes: nearly all entries are known ones seen again, whose values
 * nobody asks for.
 */
export class Entry {
  /** Of the whole record. */
  readonly bytes: Buffer;
  readonly size: number;
  /**
   * All its keys are known, written without escapes and there once, and no white space is in it but spaces.
   */
  readonly regular: boolean;
  /** The numbers of its members, and of other entries, see `span-block.ts`. */
  readonly spans: Int32Array;
  private readonly first: number;
  /** `entryTime`, once it was asked for. */
  private time: Instant | undefined | null = null;

  constructor(bytes: Buffer, spans: Int32Array, first: number, size: number, regular: boolean) {
    this.bytes = bytes;
    this.spans = spans;
    this.first = first;
    this.size = size;
    this.regular = regular;
  }

  /** Where in `spans` its slots begin; its members stand behind them. */
  get base(): number {
    return this.first - slots;
  }

  /** The member's key by its place in `knownKeys`, or -1. */
  known(at: number): number {
    return Math.max(-1, this.spans[this.first + at * stride] as number);
  }

  /** The member with the known key at this place of `knownKeys`, or -1. */
  at(place: number): number {
    return (this.spans[this.first - slots + place] as number) - 1;
  }

  key(at: number): string {
    return keyOf(this.bytes, this.spans[this.first + at * stride] as number);
  }

  form(at: number): Form {
    return ((this.spans[this.first + at * stride + 1] as number) & formBits) as Form;
  }

  /** The value is a text or a number of nothing but printable ASCII, written without escapes. */
  isAscii(at: number): boolean {
    return ((this.spans[this.first + at * stride + 1] as number) & asciiBit) !== 0;
  }

  /** Where the value's text starts and ends. */
  start(at: number): number {
    return this.spans[this.first + at * stride + 2] as number;
  }

  end(at: number): number {
    return this.spans[this.first + at * stride + 3] as number;
  }

  /** The value's text, decoded. */
  valueText(at: number): string {
    return textAt(this.bytes, this.form(at), this.start(at), this.end(at));
  }

  value(at: number): Value {
    return memberValue(this.bytes, this.form(at), this.start(at), this.end(at));
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

  /** Its time, see `entryTime`; read once. */
  get instant(): Instant | undefined {
    if (this.time === null) this.time = timeOf(this);
    return this.time;
  }

  /** With these members alone. */
  only(members: readonly number[]): Entry {
    const spans = new Int32Array(slots + members.length * stride);
    members.forEach((at, index) => {
      const from = this.first + at * stride;
      spans.set(this.spans.subarray(from, from + stride), slots + index * stride);
      const known = this.known(at);
      if (known !== -1) spans[known] = index + 1;
    });
    return new Entry(this.bytes, spans, slots, members.length, false);
  }

  /** The same over a copy of its bytes. */
  over(bytes: Buffer): Entry {
    const spans = this.spans.slice(this.first - slots, this.first + this.size * stride);
    return new Entry(bytes, spans, slots, this.size, this.regular);
  }
}

const timestamp = knownKeys.indexOf("timestamp");

/** When it happened (UTC when it names no zone); undefined when the entry does not say or says it wrongly. */
export function entryTime(entry: Entry): Instant | undefined {
  return entry.instant;
}

function timeOf(entry: Entry): Instant | undefined {
  const at = entry.at(timestamp);
  if (at === -1 || entry.form(at) > escapedString) return undefined;
  if (entry.form(at) === escapedString) return timestampAt(Buffer.from(entry.valueText(at)));
  return timestampAt(entry.bytes, entry.start(at), entry.end(at));
}

const action = knownKeys.indexOf("action");

/** Whether the entry says what happened: it has an action that is a text and not empty. */
export function saysAction(entry: Entry): boolean {
  const at = entry.at(action);
  return at !== -1 && entry.form(at) <= escapedString && entry.end(at) > entry.start(at);
}

const letterN = 0x6e;

/** The member's value is an empty text, or null. */
export function isAbsent(entry: Entry, at: number): boolean {
  const start = entry.start(at);
  return start === entry.end(at) || (entry.form(at) === literal && entry.bytes[start] === letterN);
}

/**
 * Where the numbers of the member with this key stand, which is known by its place in `knownKeys`, behind the
 * slots at `base`; -1 where there is none.
 */
export function spanOf(spans: Int32Array, base: number, key: number): number {
  const member = spans[base + key] as number;
  return member === 0 ? -1 : base + slots + (member - 1) * stride;
}

/** The key that a span's first number stands for. */
function keyOf(bytes: Buffer, known: number): string {
  if (known >= 0) return knownKeys[known] as string;
  const scanner = new Scanner(bytes);
  scanner.at = ~known;
  return scanner.string() as string;
}
