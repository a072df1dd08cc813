import type { RawRecord } from "./record.ts";

/**
 * The objects that a record is made of, with what waits beside them for the collector: many records of a byte
 * each are nothing but these.
 */
const objectBytes = 512;
/** What an entry remembers of each member. */
const memberBytes = 16;

/** How much memory a record takes, by and large, in bytes: its own are often the smallest part. */
export function recordMemory({ bytes, entry }: RawRecord): number {
  return objectBytes + bytes.length + (entry === undefined ? 0 : entry.size * memberBytes);
}
