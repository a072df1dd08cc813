import { hash } from "node:crypto";
import { Constants } from "../record/constants.ts";
import { slots } from "../record/entry.ts";
import { literal } from "../record/json-scanner.ts";
import { knownKeys } from "../record/known-keys.ts";
import { isReadTime } from "../record/read-time.ts";
import { asciiBit, stride } from "../record/span-block.ts";
import { copyBytes } from "../text/copy.ts";
import { type Instant, unixNanos } from "../time/clock.ts";

const separator = "\u001f";
const letterN = 0x6e;
/** Longer entries would make what is used again and again as long. */
export const longestCommon = 16_384;
/** What stands between the values, and what follows them, is less. */
const longestBetween = 4_096;
/** Of so many bytes are nearly all: what shows them is kept. */
const mostFirsts = 1_024;

const sortedKeys = knownKeys.filter((key) => !isReadTime(key)).sort();
const timestampPlace = sortedKeys.indexOf("timestamp");
/** The place in `knownKeys` of each. */
const sortedPlaces = Uint8Array.from(sortedKeys, (key) => knownKeys.indexOf(key));
/** What stands before the value of each key when it comes first, and when it follows another. */
const openings = new Constants(sortedKeys.map((key) => `{"${key}":"`));
const joints = new Constants(sortedKeys.map((key) => `","${key}":"`));
const endings = new Constants([`{}${separator}`, `"}${separator}`]);

/** Where all of them are written, one over the other, behind the instance that the last one was of. */
let written = new Uint8Array(0);
let memory = new DataView(written.buffer);
let lastInstance: string | undefined;
let startBytes = 0;
/** The first so many bytes of it, where they were asked for. */
let firsts: Uint8Array[] = [];
/** Neighbours are of one second. */
let lastTime: Instant | undefined;
const nanos = new DataView(new ArrayBuffer(32));
let nanosEnd = 0;
/** And of one day. */
let lastTail = "";
const tails = new DataView(new ArrayBuffer(64));

/**
 * The identity of an entry of known keys and ordinary values, of at most `longestCommon` bytes, as
 * `identity.ts` has it: no sorting, no quoting, and no text made. The entry begins at `origin` in `bytes`,
 * and its members stand in `spans` behind the slots at `base`. Undefined where a value that is part of it
 * would have to be written in another way.
 */
export function commonIdentity(
  bytes: DataView,
  origin: number,
  spans: Int32Array,
  base: number,
  time: Instant | undefined,
  instance: string,
  tail: string,
): string | undefined {
  if (instance !== lastInstance) startWith(instance);
  const out = memory;
  let to = startBytes;
  let names = openings;
  for (let part = 0; part < sortedPlaces.length; part += 1) {
    const member = spans[base + (sortedPlaces[part] as number)] as number;
    if (member === 0) continue;
    const span = base + slots + (member - 1) * stride;
    const form = spans[span + 1] as number;
    const start = origin + (spans[span + 2] as number);
    const end = origin + (spans[span + 3] as number);
    if (start === end || (form === literal && bytes.getUint8(start) === letterN)) continue;
    if ((form & asciiBit) === 0) return undefined;
    to = names.copy(part, out, to);
    names = joints;
    const isTime = part === timestampPlace && time !== undefined;
    const count = isTime ? nanosOf(time) : end - start;
    copyBytes(isTime ? nanos : bytes, isTime ? 0 : start, out, to, count);
    to += count;
  }
  to = endings.copy(names === openings ? 0 : 1, out, to);
  if (tail !== lastTail) {
    lastTail = tail;
    for (let at = 0; at < tail.length; at += 1) tails.setUint8(at, tail.charCodeAt(at));
  }
  copyBytes(tails, 0, out, to, tail.length);
  to += tail.length;
  return hash("sha256", firstBytes(to), "binary").slice(0, 16);
}

/** Gives back where the nanoseconds since the epoch end in `nanos`. */
function nanosOf(time: Instant): number {
  if (time !== lastTime) {
    const digits = unixNanos(time);
    for (let at = 0; at < digits.length; at += 1) nanos.setUint8(at, digits.charCodeAt(at));
    lastTime = time;
    nanosEnd = digits.length;
  }
  return nanosEnd;
}

function firstBytes(count: number): Uint8Array {
  if (count >= mostFirsts) return written.subarray(0, count);
  firsts[count] ??= written.subarray(0, count);
  return firsts[count];
}

function startWith(instance: string): void {
  const start = Buffer.from(instance + separator);
  written = new Uint8Array(start.length + longestCommon + longestBetween);
  written.set(start);
  memory = new DataView(written.buffer);
  firsts = Array.from({ length: mostFirsts });
  startBytes = start.length;
  lastInstance = instance;
}
