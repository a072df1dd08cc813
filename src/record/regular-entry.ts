import { kernel, kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import { isIdKey, knownKeys, place } from "./known-keys.ts";
import { stride } from "./span-block.ts";

const { entryAt, entryMost, entryMembersAt } = kernelPlaces;
const first = entryMembersAt / Int32Array.BYTES_PER_ELEMENT;

// What the kernel is told of the keys: in what order they are numbered, and what is so of some of them.
for (const [key, name] of knownKeys.entries()) {
  const written = `"${name}":`;
  kernelBytes.write(written, kernelPlaces.keysAt + key * kernelPlaces.keyBytes);
  kernelBytes[kernelPlaces.keyLengthsAt + key] = written.length;
  // Names, which people choose. Nothing but their text is wanted of them, and no identity has it.
  kernelBytes[kernelPlaces.escapableAt + key] = name.endsWith("_name") ? 1 : 0;
  kernelBytes[kernelPlaces.idsAt + key] = isIdKey(name) ? 1 : 0;
}
// What stands behind the backslash where `quote` escapes a character with one more.
for (const letter of Buffer.from('"\\bfnrt')) kernelBytes[kernelPlaces.escapesAt + letter] = 1;

/**
 * Reads the entry that `bytes` are, where it is written as nearly all are: known keys, each once, values that
 * are texts without escapes or whole numbers, and no white space; names may have escapes, where they are
 * those that `quote` writes. Writes its spans behind the slots at `base`. Gives back how many members it has;
 * -1 for any other, of which nothing is said.
 */
export function readRegular(bytes: Buffer, spans: Int32Array, base: number): number {
  const { length } = bytes;
  if (length > entryMost) return -1;
  bytes.copy(kernelBytes, entryAt);
  const size = kernel.readMembers(entryAt, entryAt + length, entryMembersAt, entryAt);
  if (size === -1 || kernel.entryEnd(entryMembersAt, size) !== length) return -1;
  const numbers = knownKeys.length + size * stride;
  for (let at = 0; at < numbers; at += 1) spans[base + at] = kernelNumbers[first + at] as number;
  return size;
}

/** The same of the lines that lie in the kernel, of which the next begins at `start`; see kernel/rows.ts. */
export function readLines(start: number, size: number): number {
  return kernel.readRows(start, size, place.action, place.timestamp);
}

/** The same of a record that lies there, with what an event is made of; see kernel/event.ts. */
export function readForEvent(from: number, to: number): number {
  return kernel.readEvent(from, to);
}
