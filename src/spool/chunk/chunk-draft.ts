import type { EntryRows } from "../../record/entry-rows.ts";
import { recordHeadBytes, startChunk, writeRecord, writeRows } from "./chunk-codec.ts";
import { chunkMemory, chunkMemoryBytes } from "./chunk-memory.ts";

/** Records of so many bytes fill a chunk. */
const chunkBytes = 1280 * 1024;
/** And so many records: where one is missing in a chunk, all of it is looked at. */
const chunkRecords = 8192;
/** What a chunk's memory begins with: most polls bring little. */
const firstBytes = 32 * 1024;

/** Neighbours among new records as `chunk-codec.ts` has them, and how many are of each UTC day. */
export interface NewChunk {
  readonly count: number;
  /** Used again when the records were kept, unless they were given away. */
  readonly bytes: Buffer;
  /** The same, for who keeps them. */
  give(): Uint8Array<ArrayBuffer>;
  readonly days: ReadonlyMap<number, number>;
}

/** A chunk that is being written. */
export class ChunkDraft implements NewChunk {
  count = 0;
  readonly #days = new Map<number, number>();
  /** Neighbours are of one day: how many are not in `#days` yet. */
  #lastDay = Number.NaN;
  #ofLastDay = 0;
  #memory = memoryFor(firstBytes);
  #size = startChunk(this.#memory);
  #recordBytes = 0;
  #isGiven = false;

  get bytes(): Buffer {
    return Buffer.from(this.#memory.buffer, 0, this.#size);
  }

  /** A copy of what takes but a part of its memory, which is used again. */
  give(): Uint8Array<ArrayBuffer> {
    if (this.#size < this.#memory.byteLength / 2) return new Uint8Array(this.bytes);
    this.#isGiven = true;
    return new Uint8Array(this.#memory.buffer, 0, this.#size);
  }

  get days(): ReadonlyMap<number, number> {
    this.#countLastDay();
    return this.#days;
  }

  takes(length: number): boolean {
    return this.count === 0 || (this.count < chunkRecords && this.#recordBytes + length <= chunkBytes);
  }

  write(
    uid: string,
    day: number,
    late: boolean,
    fault: Buffer,
    memory: DataView,
    start: number,
    end: number,
  ): void {
    this.#room(recordHeadBytes + fault.length + end - start);
    this.#size = writeRecord(this.#memory, this.#size, uid, day, late, fault, memory, start, end);
    this.#wrote(1, end - start, day);
  }

  /** How many rows it takes, of which the first has room: where they end. */
  fitting(rows: EntryRows, from: number, to: number): number {
    const end = Math.min(to, from + chunkRecords - this.count);
    let bytes = this.#recordBytes + rows.lengthOf(from);
    let at = from + 1;
    for (; at < end; at += 1) {
      bytes += rows.lengthOf(at);
      if (bytes > chunkBytes) break;
    }
    return at;
  }

  /** Gives back how many bytes these have. */
  writeRows(rows: EntryRows, from: number, to: number, day: number, late: boolean): number {
    let bytes = 0;
    for (let at = from; at < to; at += 1) bytes += rows.lengthOf(at);
    const count = to - from;
    this.#room(bytes + count * recordHeadBytes);
    this.#size = writeRows(this.#memory, this.#size, from, to, day, late);
    this.#wrote(count, bytes, day);
    return bytes;
  }

  clear(): void {
    this.count = 0;
    this.#ofLastDay = 0;
    this.#days.clear();
    if (this.#isGiven) this.#memory = memoryFor(Math.min(this.#memory.byteLength, chunkMemoryBytes));
    this.#isGiven = false;
    this.#size = startChunk(this.#memory);
    this.#recordBytes = 0;
  }

  #wrote(count: number, bytes: number, day: number): void {
    this.#recordBytes += bytes;
    this.count += count;
    if (day !== this.#lastDay) this.#countLastDay();
    this.#lastDay = day;
    this.#ofLastDay += count;
  }

  #countLastDay(): void {
    if (this.#ofLastDay > 0)
      this.#days.set(this.#lastDay, (this.#days.get(this.#lastDay) ?? 0) + this.#ofLastDay);
    this.#ofLastDay = 0;
  }

  #room(more: number): void {
    const wanted = this.#size + more;
    if (wanted <= this.#memory.byteLength) return;
    const { bytes } = this;
    this.#memory = memoryFor(Math.max(wanted, Math.min(2 * this.#memory.byteLength, chunkMemoryBytes)));
    new Uint8Array(this.#memory.buffer).set(bytes);
  }
}

function memoryFor(bytes: number): DataView<ArrayBuffer> {
  return new DataView(chunkMemory.take(bytes));
}
