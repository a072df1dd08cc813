import type { SpooledRecord, SpooledRecords } from "../../record/record.ts";
import { RecordInPlace } from "../../record/record-in-place.ts";
import { type Chunk, chunkCache } from "../chunk/chunk-cache.ts";
import type { EncodedChunk } from "../chunk/chunk-codec.ts";
import type { DeliverySpool, Limit } from "../spool.ts";
import { ChunkLeases } from "./chunk-leases.ts";

/** So many together are of a backlog, where more follows. */
const manyRecords = 256;

/** Records of chunks that are kept for the next read. */
export interface ChunkReader {
  readonly read: DeliverySpool["read"];
  /** What is kept for others goes: they fetch it again. */
  rest(): void;
}

/**
 * Reads records out of chunks that are fetched from elsewhere: each once for all outputs that are near each
 * other. One read brings what is left of one chunk at most.
 */
export function chunkReader(
  fetch: (after: number) => Promise<EncodedChunk | undefined>,
  free?: (memory: ArrayBuffer) => void,
): ChunkReader {
  const leases = new ChunkLeases(free);
  const cache = chunkCache((chunk) => leases.leave(chunk));
  /** What is on its way, by what it was asked with. */
  const fetching = new Map<number, Promise<Chunk | undefined>>();

  async function fetched(after: number): Promise<Chunk | undefined> {
    try {
      const chunk = await fetch(after);
      return chunk === undefined ? undefined : cache.add(chunk);
    } finally {
      fetching.delete(after);
    }
  }

  function following(after: number): Chunk | undefined | Promise<Chunk | undefined> {
    const known = cache.at(after + 1) ?? fetching.get(after);
    if (known !== undefined) return known;
    const asked = fetched(after);
    fetching.set(after, asked);
    return asked;
  }

  /** Asked before it is needed, because whoever has it is busy. What that fails with the read will meet. */
  function fetchAhead({ encoded, last }: Chunk): void {
    if (encoded.count >= manyRecords && cache.at(last + 1) === undefined)
      Promise.resolve(following(last)).catch(() => {});
  }

  async function read(after: number, limit: Limit): Promise<SpooledRecords> {
    let chunk = await following(after);
    // Others may have had so much fetched meanwhile that it had to go.
    while (chunk !== undefined && leases.isFreed(chunk)) chunk = await following(after);
    if (chunk === undefined) return [];
    const done = leases.take(chunk);
    fetchAhead(chunk);
    return new ChunkPart(chunk, Math.max(after + 1, chunk.first), limit, done);
  }

  return { read, rest: () => cache.clear() };
}

/**
 * As many from `from` on as are wanted, and always one. How many bytes they have matters to nobody: these are
 * in memory already.
 */
class ChunkPart implements SpooledRecords {
  readonly length: number;
  /** None of them is wanted any more, see `SpooledRecords`. */
  readonly done: () => void;
  readonly #chunk: Chunk;
  readonly #from: number;
  readonly #place = new RecordInPlace();

  constructor(chunk: Chunk, from: number, { events }: Limit, done: () => void) {
    this.length = Math.max(1, Math.min(chunk.last + 1 - from, events));
    this.done = done;
    this.#chunk = chunk;
    this.#from = from;
  }

  at(index: number): SpooledRecord | undefined {
    return index < this.length ? this.#chunk.record(this.#from + index) : undefined;
  }

  look(index: number): SpooledRecord {
    this.#chunk.look(this.#from + index, this.#place);
    return this.#place;
  }

  reached(index: number, at: number): void {
    this.#chunk.reached(this.#from + index, at);
  }
}
