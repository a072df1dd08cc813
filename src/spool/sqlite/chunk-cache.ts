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

const maxBytes = 16 * 1024 * 1024;
const maxChunks = 64;
/** What a record takes beside its bytes once it is decoded. */
const recordBytes = 384;

/** Keeps at most 64 chunks that take 16 MiB, decoded. */
export function chunkCache(): ChunkCache {
  /** Oldest first. */
  let chunks: Chunk[] = [];
  return {
    at: (seq) => chunks.findLast(({ first, last }) => first <= seq && seq <= last),
    add(chunk) {
      chunks.push(chunk);
      let bytes = chunks.reduce((sum, each) => sum + memoryOf(each), 0);
      while (chunks.length > 1 && (bytes > maxBytes || chunks.length > maxChunks))
        bytes -= memoryOf(chunks.shift() as Chunk);
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

function memoryOf({ first, last, bytes }: Chunk): number {
  return bytes + (last - first + 1) * recordBytes;
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
