import { type DecodedChunk, decodeChunk, type EncodedChunk } from "./chunk-codec.ts";
import { chunkMemoryBytes } from "./chunk-memory.ts";

/** A verified chunk in memory. */
export interface Chunk extends DecodedChunk {
  readonly first: number;
  readonly last: number;
  readonly encoded: EncodedChunk;
}

/** The chunks read or written last: outputs that keep up never touch the disk. */
export interface ChunkCache {
  at(seq: number): Chunk | undefined;
  add(chunk: EncodedChunk): Chunk;
  dropBefore(seq: number): void;
  clear(): void;
}

const maxBytes = 3 * chunkMemoryBytes;
const maxChunks = 64;

/** Keeps 64 chunks, or what three large ones take, at most; `dropped` is told which went. */
export function chunkCache(dropped: (chunk: Chunk) => void = () => {}): ChunkCache {
  /** Oldest first. */
  let chunks: Chunk[] = [];
  return {
    at: (seq) => chunks.findLast(({ first, last }) => first <= seq && seq <= last),
    add(encoded) {
      const chunk = lazyChunk(encoded);
      chunks.push(chunk);
      let bytes = chunks.reduce((sum, each) => sum + memoryOf(each), 0);
      while (chunks.length > 1 && (bytes > maxBytes || chunks.length > maxChunks)) {
        const oldest = chunks.shift() as Chunk;
        bytes -= memoryOf(oldest);
        dropped(oldest);
      }
      return chunk;
    },
    dropBefore(seq) {
      chunks = chunks.filter(({ first }) => first >= seq);
    },
    clear() {
      const gone = chunks;
      chunks = [];
      for (const chunk of gone) dropped(chunk);
    },
  };
}

function memoryOf({ encoded }: Chunk): number {
  return encoded.bytes.buffer.byteLength;
}

function lazyChunk(encoded: EncodedChunk): Chunk {
  const { firstSeq, count } = encoded;
  let known: DecodedChunk | undefined;
  const decoded = () => {
    known ??= decodeChunk(encoded);
    return known;
  };
  return {
    first: firstSeq,
    last: firstSeq + count - 1,
    encoded,
    record: (seq) => decoded().record(seq),
    size: (seq) => decoded().size(seq),
    look: (seq, place) => decoded().look(seq, place),
    reached: (seq, at) => decoded().reached(seq, at),
  };
}
