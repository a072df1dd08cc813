import type { SpooledRecord } from "../../record/record.ts";

/** A verified chunk in memory. */
export interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** Decoded when first asked for: an output that is far behind will not ask. */
  records(): readonly SpooledRecord[];
}

/** The chunks read or written last: outputs that keep up never touch the disk. */
export interface ChunkCache {
  at(seq: number): Chunk | undefined;
  add(chunk: Chunk): Chunk;
  dropBefore(seq: number): void;
  clear(): void;
}

const maxBytes = 8 * 1024 * 1024;
const maxChunks = 64;

/** Keeps at most 8 MiB in 64 chunks. */
export function chunkCache(): ChunkCache {
  /** Oldest first. */
  let chunks: Chunk[] = [];
  return {
    at: (seq) => chunks.findLast(({ first, last }) => first <= seq && seq <= last),
    add(chunk) {
      chunks.push(chunk);
      let bytes = chunks.reduce((sum, each) => sum + each.bytes, 0);
      while (chunks.length > 1 && (bytes > maxBytes || chunks.length > maxChunks))
        bytes -= chunks.shift()?.bytes ?? 0;
      return chunk;
    },
    dropBefore(seq) {
      chunks = chunks.filter(({ first }) => first >= seq);
    },
    clear() {
      chunks = [];
    },
  };
}

/** Decodes once. */
export function lazyChunk(
  first: number,
  last: number,
  bytes: number,
  decode: () => readonly SpooledRecord[],
): Chunk {
  let records: readonly SpooledRecord[] | undefined;
  return {
    first,
    last,
    bytes,
    records() {
      records ??= decode();
      return records;
    },
  };
}
