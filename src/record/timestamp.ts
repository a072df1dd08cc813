import type { Instant } from "../time/clock.ts";
import { memoryOf } from "./memory-view.ts";

const daySeconds = 86_400;
/** 2^63 ns: OTLP and most stores count signed 64-bit nanoseconds, which end in April 2262. */
const lastSecond = 9_223_372_036;
const lastNanos = 854_775_807;

/** As `timestampAt`, of a text. */
export function parseTimestamp(text: string): Instant | undefined {
  return timestampAt(Buffer.from(text));
}

/**
 * RFC 3339 and what is near it: `T`, `t` or a space; a fraction of any length after `.` or `,`, cut to nine
 * digits; `Z`, `z`, `±hh:mm`, `±hhmm` or nothing for UTC; second 60 as the last nanosecond before the next
 * minute. Undefined for anything else and for times before 1970 or beyond 64-bit nanoseconds.
 */
export function timestampAt(bytes: Buffer, start = 0, end = bytes.length): Instant | undefined {
  if (isLast(bytes, start, end)) return lastInstant;
  const instant = read(new Text(bytes, start, end));
  if (end - start <= longestKept) {
    for (let at = start; at < end; at += 1) lastText.setUint8(at - start, bytes[at] as number);
    lastLength = end - start;
    lastInstant = instant;
  }
  return instant;
}

/** Neighbours in a log often share a second, so the last one is kept. */
const longestKept = 32;
const lastText = new DataView(new ArrayBuffer(longestKept));
let lastLength = -1;
let lastInstant: Instant | undefined;

/** Compared in words from the end, where neighbours differ; the first of them begins where the text does. */
function isLast(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== lastLength || lastLength < 4) return false;
  const memory = memoryOf(bytes);
  const from = bytes.byteOffset + start;
  for (let at = lastLength - 4; at > 0; at -= 4)
    if (memory.getInt32(from + at) !== lastText.getInt32(at)) return false;
  return memory.getInt32(from) === lastText.getInt32(0);
}

/** A part of some bytes, counted from its own beginning. */
class Text {
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #start: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.length = end - start;
  }

  /** NaN where there is none. */
  code(at: number): number {
    return at < this.length ? (this.#bytes[this.#start + at] as number) : Number.NaN;
  }
}

function read(text: Text): Instant | undefined {
  if (text.length < 19 || text.code(4) !== 0x2d || text.code(7) !== 0x2d) return undefined;
  if (!isSeparator(text.code(10)) || text.code(13) !== 0x3a || text.code(16) !== 0x3a) return undefined;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const day = dayOf(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
  // Comparisons with NaN are false, so a character that is not a digit ends here too.
  if (!(day > -daySeconds * 366 && hour < 24 && minute < 60 && second <= 60)) return undefined;

  const zone = fractionEnd(text);
  const offset = zoneOffset(text, zone);
  if (Number.isNaN(offset)) return undefined;
  const leap = second === 60;
  const seconds = day * daySeconds + hour * 3600 + minute * 60 + (leap ? 59 : second) - offset;
  const nanos = leap ? 999_999_999 : nanosOf(text, 20, zone);
  if (seconds < 0 || seconds > lastSecond || (seconds === lastSecond && nanos > lastNanos)) return undefined;
  return { seconds, nanos };
}

function isSeparator(code: number): boolean {
  return code === 0x54 || code === 0x74 || code === 0x20;
}

function digit(text: Text, at: number): number {
  const value = text.code(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: Text, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/** Where the fraction ends and the zone begins. A point without a digit is no fraction and no zone either. */
function fractionEnd(text: Text): number {
  const code = text.code(19);
  if (code !== 0x2e && code !== 0x2c) return 19;
  let end = 20;
  while (digit(text, end) >= 0) end += 1;
  return end === 20 ? 19 : end;
}

function nanosOf(text: Text, from: number, to: number): number {
  let nanos = 0;
  for (let at = from; at < from + 9; at += 1) nanos = nanos * 10 + (at < to ? digit(text, at) : 0);
  return nanos;
}

/** Seconds east of UTC; NaN when what stands there is not a zone. */
function zoneOffset(text: Text, at: number): number {
  if (at === text.length) return 0;
  const code = text.code(at);
  if (code === 0x5a || code === 0x7a) return text.length === at + 1 ? 0 : Number.NaN;
  if (code !== 0x2b && code !== 0x2d) return Number.NaN;
  const minuteAt = text.code(at + 3) === 0x3a ? at + 4 : at + 3;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, minuteAt);
  if (text.length !== minuteAt + 2 || !(hours < 24 && minutes < 60)) return Number.NaN;
  return (code === 0x2b ? 1 : -1) * (hours * 3600 + minutes * 60);
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970-01-01 of a date in the Gregorian calendar; NaN when there is no such date. */
function dayOf(year: number, month: number, day: number): number {
  const length = monthDays[month - 1];
  const leapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (length === undefined || !(day >= 1 && day <= (month === 2 && leapYear ? 29 : length)))
    return Number.NaN;
  // Counted in years that begin in March, so that the leap day comes last.
  const shifted = month > 2 ? year : year - 1;
  const sinceMarch = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    shifted * 365 +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    sinceMarch -
    719_468
  );
}
