import { hash } from "node:crypto";
import { kernel, kernelBytes, kernelNumbers, kernelPlaces, kernelWords } from "../kernel/kernel.ts";
import { type Entry, slots } from "../record/entry.ts";
import { knownKeys } from "../record/known-keys.ts";
import { isReadTime } from "../record/read-time.ts";
import { stride } from "../record/span-block.ts";
import { type Instant, unixNanos } from "../time/clock.ts";
import { identityWords, wordOf } from "./identity-row.ts";
import { namePairs } from "./names.ts";

const { entryAt, entryMembersAt, hashedAt, identityPartsAt, linesAt, sharedAt, sharedBytes, spansAt } =
  kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
const wordBytes = Uint32Array.BYTES_PER_ELEMENT;
const firstUid = kernelPlaces.rowUidsAt / wordBytes;
const separator = "\u001f";
/** Longer entries would make what is used again and again as long. */
export const longestCommon = 16_384;
/** What stands between the values, and what follows them, is less. */
const longestBetween = 4_096;
/** Of so many bytes are nearly all: what shows them is kept. */
const mostFirsts = 1_024;

const sortedKeys = knownKeys.filter((key) => !isReadTime(key)).sort();
const timestampPart = sortedKeys.indexOf("timestamp");

// The kernel's table: of each key its place, and what stands before its value when it comes first, and when
// it follows another.
let textAt = kernelPlaces.identityTextsAt;
kernelNumbers.set(
  sortedKeys.flatMap((key) => [
    knownKeys.indexOf(key),
    ...[`{"${key}":"`, `","${key}":"`].flatMap((text) => {
      const place = [textAt, text.length];
      textAt += kernelBytes.write(text, textAt);
      return place;
    }),
  ]),
  identityPartsAt / numberBytes,
);

let lastInstance: string | undefined;
let startBytes = 0;
let hasRoom = true;
/** The first so many bytes of what is hashed, where they were asked for. */
const firsts: Uint8Array[] = [];
/** Neighbours are of one second. */
let lastTime: Instant | undefined;
/** And of one day. */
let lastTail: string | undefined;

/**
 * The identity of an entry of known keys and ordinary values, of at most `longestCommon` bytes, as
 * `identity.ts` has it: no sorting, no quoting, and no text made. Undefined where a value that is part of it
 * would have to be written in another way.
 */
export function commonIdentity(
  { bytes, spans, base, size }: Entry,
  time: Instant | undefined,
  instance: string,
  tail: string,
): string | undefined {
  if (size > knownKeys.length) return undefined;
  bytes.copy(kernelBytes, entryAt);
  kernelNumbers.set(spans.subarray(base, base + slots + size * stride), entryMembersAt / numberBytes);
  if (!prepare(time, instance, tail)) return undefined;
  const timed = time === undefined ? -1 : timestampPart;
  const into = hashedAt + startBytes;
  const end = kernel.writeIdentity(entryAt, entryMembersAt, into, sortedKeys.length, timed);
  return end === 0 ? undefined : digestOf(end).slice(0, wordBytes * identityWords);
}

/**
 * Lays the same of a row that lies in the kernel among the identities of its rows, see `EntryRows`: the slots
 * of its members stand at `base` of their spans. False: there is none, or it shows a name without an id.
 */
export function layRowIdentity(
  row: number,
  base: number,
  time: Instant,
  instance: string,
  tail: string,
): boolean {
  if (!prepare(time, instance, tail)) return false;
  const spans = spansAt + base * numberBytes;
  const into = hashedAt + startBytes;
  const end = kernel.writeRowIdentity(linesAt, spans, into, sortedKeys.length, timestampPart, namePairs);
  if (end === 0) return false;
  const digest = digestOf(end);
  const at = rowWord(row);
  for (let word = 0; word < identityWords; word += 1)
    kernelWords[at + word] = wordOf(digest, word * wordBytes);
  return true;
}

/** Where in `kernelWords` the identity of a row stands. */
export function rowWord(row: number): number {
  return firstUid + row * identityWords;
}

/** The identity that was laid there. */
export function rowIdentity(row: number): string {
  return kernelBytes.toString("latin1", rowWord(row) * wordBytes, rowWord(row + 1) * wordBytes);
}

/** Lays what neighbours share. False where there is no room for that. */
function prepare(time: Instant | undefined, instance: string, tail: string): boolean {
  if (instance !== lastInstance) startWith(instance);
  if (!hasRoom) return false;
  if (time !== undefined && time !== lastTime) {
    lastTime = time;
    share(0, unixNanos(time));
  }
  if (tail !== lastTail) {
    lastTail = tail;
    share(1, tail);
  }
  return true;
}

/** Of what was written up to there: an identity, and as much behind it. */
function digestOf(end: number): string {
  return hash("sha256", firstBytes(end - hashedAt), "binary");
}

/** Both are digits, and few. */
function share(which: number, text: string): void {
  const at = sharedAt + which * sharedBytes;
  kernelNumbers[at / numberBytes] = kernelBytes.write(text, at + numberBytes);
}

function firstBytes(count: number): Uint8Array {
  if (count >= mostFirsts) return kernelBytes.subarray(hashedAt, hashedAt + count);
  firsts[count] ??= kernelBytes.subarray(hashedAt, hashedAt + count);
  return firsts[count];
}

function startWith(instance: string): void {
  const start = Buffer.from(instance + separator);
  lastInstance = instance;
  startBytes = start.length;
  hasRoom = startBytes + longestCommon + longestBetween <= kernelPlaces.hashedMost;
  if (hasRoom) kernelBytes.set(start, hashedAt);
}
