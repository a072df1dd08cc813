import type { SpooledRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";
import { type Chunk, type ChunkCache, chunkCache } from "../chunk/chunk-cache.ts";
import { type EncodedChunk, isChunk } from "../chunk/chunk-codec.ts";
import type { NewChunk } from "../chunk/chunk-draft.ts";
import { FreshChunks } from "../chunk/fresh-chunks.ts";
import type { NewRecords } from "../chunk/new-records.ts";
import type { Limit } from "../spool.ts";
import { booksDamaged } from "./books.ts";
import type { ChunkRow, ChunkRows } from "./chunk-rows.ts";
import type { Damages } from "./damages.ts";
import type { Database } from "./database.ts";
import { countDay, type DayCounts } from "./day-count.ts";
import type { MetaRow, Tables } from "./tables.ts";

/** What is wrong with the records from `first` to `last`. */
export interface Unsound {
  readonly first: number;
  readonly last: number;
  readonly reason: string;
}

/** So many chunks are looked at together for what days their records are of. */
const chunksPerLook = 200;

/** The records in spool order. Writes join the caller's transaction. */
export class Chunks {
  readonly fresh = new FreshChunks();
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #rows: ChunkRows;
  readonly #damages: Damages;
  readonly #unsound: (found: Unsound) => void;
  readonly #cache: ChunkCache = chunkCache();
  #meta: MetaRow = { id: 1, stateId: "", created: 0, oldest: 1, head: 0 };

  /** `unsound` is told what is found changed or missing, and has set it aside when it returns. */
  constructor(
    db: Database,
    tables: Tables,
    rows: ChunkRows,
    damages: Damages,
    unsound: (found: Unsound) => void,
  ) {
    this.#db = db;
    this.#tables = tables;
    this.#rows = rows;
    this.#damages = damages;
    this.#unsound = unsound;
  }

  load(): void {
    this.fresh.clear();
    this.#cache.clear();
    this.#rows.load();
    const [row] = this.#tables.meta.rows();
    if (row === undefined) throw booksDamaged("its heading is missing");
    this.#meta = row;
  }

  meta(): MetaRow {
    return this.#meta;
  }

  setMeta(next: MetaRow): void {
    this.#tables.meta.put(next);
    this.#meta = next;
    this.#cache.dropBefore(next.oldest);
  }

  /** Gives back the first record's `seq`. */
  append(source: string, { chunks }: NewRecords, observed: Instant): number {
    const first = this.#meta.head + 1;
    for (const chunk of chunks) this.#put(source, chunk, observed);
    this.#tables.meta.put(this.#meta);
    return first;
  }

  /** The chunk with what follows `after`, in memory of its own: as it was written just now, or verified. */
  chunk(after: number): EncodedChunk | undefined {
    for (let seq = this.#soundFrom(after + 1); seq <= this.#meta.head; seq = this.#soundFrom(seq)) {
      const found = this.fresh.take(seq) ?? this.#onDisk(seq);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  read(after: number, limit: Limit): SpooledRecord[] {
    const found: SpooledRecord[] = [];
    let bytes = 0;
    for (let seq = this.#soundFrom(after + 1); seq <= this.#meta.head; seq = this.#soundFrom(seq)) {
      const chunk = this.#at(seq);
      if (chunk === undefined) continue;
      for (; seq <= chunk.last; seq++) {
        const record = chunk.record(seq);
        bytes += record.bytes.length;
        if (found.length > 0 && (found.length >= limit.events || bytes > limit.bytes)) return found;
        found.push(record);
      }
    }
    return found;
  }

  /** What is kept after `position`, by source and UTC day. */
  beyond(position: number): DayCounts {
    const from = Math.max(position, this.#meta.oldest - 1);
    const [before] = this.#db.all<{ first: number; last: number }>(
      "SELECT first_seq AS first, first_seq + count - 1 AS last FROM chunk WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
      from,
    );
    const counts =
      before !== undefined && before.last > from ? this.beyondInChunk(before.first, from) : new Map();
    const rows = this.#db.each<{ source: string; days: string }>(
      "SELECT source, days FROM chunk WHERE first_seq > ?",
      from,
    );
    for (const { source, days } of rows)
      for (const [day, count] of parseDays(days)) countDay(counts, source, day, count);
    return counts;
  }

  /** What of the chunk that starts at `firstSeq` lies after `position`. */
  beyondInChunk(firstSeq: number, position: number): DayCounts {
    const counts: DayCounts = new Map();
    const chunk = this.#at(firstSeq);
    if (chunk === undefined) return counts;
    for (let seq = Math.max(chunk.first, position + 1); seq <= chunk.last; seq++) {
      const { source, day } = chunk.record(seq);
      countDay(counts, source, day, 1);
    }
    return counts;
  }

  /**
   * Where the first chunk begins that has records of these UTC days (days since 1970-01-01, without `end`),
   * from the one with `seq` on; behind the head when there is none.
   */
  nextOfDays(seq: number, { first, end }: { readonly first: number; readonly end: number }): number {
    for (let from = seq; ; ) {
      const rows = this.#db.all<{ at: number; next: number; days: string }>(
        `SELECT first_seq AS at, first_seq + count AS next, days FROM chunk WHERE first_seq >=
           (SELECT coalesce(max(first_seq), 0) FROM chunk WHERE first_seq <= ?)
         ORDER BY first_seq LIMIT ${chunksPerLook}`,
        from,
      );
      const found = rows.find(({ days }) => parseDays(days).some(([day]) => day >= first && day < end));
      if (found !== undefined) return found.at;
      const last = rows.at(-1);
      if (last === undefined || last.next <= from || rows.length < chunksPerLook) break;
      from = last.next;
    }
    return this.#meta.head + 1;
  }

  /** Epoch milliseconds at which the record at `seq` was first seen. */
  observedMs(seq: number): number | undefined {
    const row = this.#db.get<{ seconds: number; nanos: number }>(
      "SELECT observed_seconds AS seconds, observed_nanos AS nanos FROM chunk WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
      seq,
    );
    return row === undefined ? undefined : row.seconds * 1000 + Math.floor(row.nanos / 1_000_000);
  }

  /** Throws unless every `seq` from the oldest to the head is in exactly one chunk or known to be damaged. */
  checkOrder(): void {
    let expected = this.#meta.oldest;
    const skipDamage = () => {
      for (let hole = this.#damages.at(expected); hole !== undefined; hole = this.#damages.at(expected))
        expected = hole.last + 1;
    };
    for (const { first, count } of this.#db.each<{ first: number; count: number }>(
      "SELECT first_seq AS first, count FROM chunk ORDER BY first_seq",
    )) {
      skipDamage();
      if (first !== expected) throw booksDamaged(`record ${expected} is missing`);
      expected += count;
    }
    skipDamage();
    if (expected !== this.#meta.head + 1) throw booksDamaged(`record ${expected} is missing`);
  }

  /** The first `seq` from this one on that is neither pruned nor known to be damaged. */
  #soundFrom(first: number): number {
    let seq = Math.max(first, this.#meta.oldest);
    for (let hole = this.#damages.at(seq); hole !== undefined; hole = this.#damages.at(seq))
      seq = hole.last + 1;
    return seq;
  }

  /** As `#onDisk`; what was read or written last is in memory. */
  #at(seq: number): Chunk | undefined {
    const known = this.#cache.at(seq);
    if (known !== undefined) return known;
    const found = this.fresh.take(seq) ?? this.#onDisk(seq);
    return found === undefined ? undefined : this.#cache.add(found);
  }

  /**
   * The verified chunk with `seq`, or undefined when there is none any more; that is then known as damage.
   */
  #onDisk(seq: number): EncodedChunk | undefined {
    const found = this.#rows.before(seq);
    const last = found === undefined ? 0 : found.row.firstSeq + found.row.count - 1;
    if (found?.sound && last >= seq) {
      const bytes = this.#rows.bytesOf(found.row);
      if (bytes !== undefined && isChunk(bytes, found.row.count)) return encodedOf(found.row, bytes);
    }
    const vanished = found === undefined || (found.sound && last < seq);
    const start = found === undefined ? this.#meta.oldest : vanished ? last + 1 : found.row.firstSeq;
    const reason = vanished ? "records are missing on disk" : "records were changed on disk";
    this.#unsound({ ...this.#gapAround(seq, start), reason });
    return undefined;
  }

  /** From `start` to the next chunk, less what is known as damage already. */
  #gapAround(seq: number, start: number): { readonly first: number; readonly last: number } {
    const { oldest, head } = this.#meta;
    const next = this.#db.get<{ next: number | null }>(
      "SELECT min(first_seq) AS next FROM chunk WHERE first_seq > ?",
      seq,
    );
    return this.#damages.clear(seq, Math.max(start, oldest), (next?.next ?? head + 1) - 1);
  }

  #put(source: string, chunk: NewChunk, observed: Instant): void {
    const firstSeq = this.#meta.head + 1;
    const [count, bytes] = [chunk.count, chunk.give()];
    const { seconds: observedSeconds, nanos: observedNanos } = observed;
    const days = JSON.stringify(Object.fromEntries(chunk.days));
    this.#rows.put({ firstSeq, count, source, observedSeconds, observedNanos, days, bytes });
    this.fresh.add({ firstSeq, count, source, observed, bytes });
    this.#meta = { ...this.#meta, head: this.#meta.head + count };
  }
}

function encodedOf(row: ChunkRow, bytes: Uint8Array<ArrayBuffer>): EncodedChunk {
  const { firstSeq, count, source, observedSeconds, observedNanos } = row;
  return { firstSeq, count, source, observed: { seconds: observedSeconds, nanos: observedNanos }, bytes };
}

function parseDays(days: string): [day: number, count: number][] {
  try {
    return Object.entries(JSON.parse(days) as Record<string, number>).map(([day, count]) => [
      Number(day),
      count,
    ]);
  } catch {
    throw booksDamaged("the days of some records cannot be read");
  }
}
