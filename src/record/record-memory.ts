import type { RawRecord } from "./record.ts";

/**
 * The objects that a record is made of, with what waits beside them for the collector: many records of a byte
 * each are nothing but these.
 */
const objectBytes = 512;
/** What an entry remembers of each member. */
const memberBytes = 48;

/** How much memory a record takes, by and large, in bytes: its own are often the smallest part. */
export function recordMemory({ bytes, entry }: RawRecord): number {
  if (entry === undefined) return objectBytes + bytes.length;
  const { text, size } = entry;
  // Text of other than single bytes takes two for each character.
  const textBytes = text.length === bytes.length ? text.length : 2 * text.length;
  return objectBytes + bytes.length + textBytes + size * memberBytes;
}
