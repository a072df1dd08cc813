import { hash } from "node:crypto";
import { slots } from "../record/entry.ts";
import { literal } from "../record/json-scanner.ts";
import { knownKeys } from "../record/known-keys.ts";
import { asciiBit, stride } from "../record/span-block.ts";
import { constant } from "../text/writer.ts";
import { type Instant, unixNanos } from "../time/clock.ts";

const separator = "\u001f";
const letterN = 0x6e;
/** Up to so many bytes a loop copies faster than the call that does. */
const fewBytes = 40;
/** Longer entries would make what is used again and again as long. */
export const longestCommon = 16_384;
/** What stands between the values, and what follows them, is less. */
const longestBetween = 4_096;

const readTimeKeys: ReadonlySet<string> = new Set([
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_digest",
  "artifact_qualified_name",
  "artifact_sequence_name",
  "artifact_version_index",
  "audit_log_error",
]);

const sortedKeys = knownKeys.filter((key) => !isReadTime(key)).sort();
const timestampPlace = sortedKeys.indexOf("timestamp");
/** The place in `knownKeys` of each. */
const sortedPlaces = Uint8Array.from(sortedKeys, (key) => knownKeys.indexOf(key));
/** What stands before the value of each key when it comes first, and when it follows another. */
const openings = sortedKeys.map((key) => constant(`{"${key}":"`));
const joints = sortedKeys.map((key) => constant(`","${key}":"`));
const ending = constant(`"}${separator}`);
const endingOfNothing = constant(`{}${separator}`);

/** Where all of them are written, one over the other, behind the instance that the last one was of. */
let memory = Buffer.alloc(0);
let lastInstance: string | undefined;
let startBytes = 0;
/** Neighbours are of one second. */
let lastTime: Instant | undefined;
let lastNanos = Buffer.alloc(0);
/** And of one day. */
let lastTail = "";
let lastTailBytes = Buffer.alloc(0);

/**
 * The identity of an entry of known keys and ordinary values, of at most `longestCommon` bytes, as
 * `identity.ts` has it: no sorting, no quoting, and no text made. Its members stand in `spans` behind the
 * slots at `base`. Undefined where a value that is part of it would have to be written in another way.
 */
export function commonIdentity(
  bytes: Buffer,
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
    const start = spans[span + 2] as number;
    const end = spans[span + 3] as number;
    if (start === end || (form === literal && bytes[start] === letterN)) continue;
    if ((form & asciiBit) === 0) return undefined;
    to = copyAll(names[part] as Buffer, out, to);
    names = joints;
    if (part === timestampPlace && time !== undefined) to = copyAll(nanosOf(time), out, to);
    else if (end - start > fewBytes) to += bytes.copy(out, to, start, end);
    else for (let at = start; at < end; at += 1) out[to++] = bytes[at] as number;
  }
  to = copyAll(names === openings ? endingOfNothing : ending, out, to);
  if (tail !== lastTail) {
    lastTail = tail;
    lastTailBytes = Buffer.from(tail);
  }
  to = copyAll(lastTailBytes, out, to);
  return hash("sha256", out.subarray(0, to), "binary").slice(0, 16);
}

function copyAll(source: Buffer, into: Buffer, from: number): number {
  const { length } = source;
  for (let at = 0; at < length; at += 1) into[from + at] = source[at] as number;
  return from + length;
}

function nanosOf(time: Instant): Buffer {
  if (time !== lastTime) {
    lastTime = time;
    lastNanos = Buffer.from(unixNanos(time));
  }
  return lastNanos;
}

function startWith(instance: string): void {
  const start = Buffer.from(instance + separator);
  memory = Buffer.allocUnsafeSlow(start.length + longestCommon + longestBetween);
  startBytes = start.copy(memory);
  lastInstance = instance;
}

/** Whether a key's value is filled in when the entry is read, and may be another tomorrow: no part of it. */
export function isReadTime(key: string): boolean {
  return readTimeKeys.has(key);
}
