import type { NewRecord, SpooledRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";
import type { Limit } from "../spool.ts";
import { booksDamaged } from "./books.ts";
import { type Chunk, chunkCache, lazyChunk } from "./chunk-cache.ts";
import { decodeChunk, encodeChunk } from "./chunk-codec.ts";
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

/** The records in spool order. Writes join the caller's transaction. */
export interface Chunks {
  load(): void;
  meta(): MetaRow;
  setMeta(meta: MetaRow): void;
  /** Gives back the first record's `seq`. */
  append(source: string, records: readonly NewRecord[], observed: Instant): number;
  read(after: number, limit: Limit): SpooledRecord[];
  /** What is kept after `position`, by source and UTC day. */
  beyond(position: number): DayCounts;
  /** What of the chunk that starts at `firstSeq` lies after `position`. */
  beyondInChunk(firstSeq: number, position: number): DayCounts;
  /** Epoch milliseconds at which the record at `seq` was first seen. */
  observedMs(seq: number): number | undefined;
  /** Throws unless every `seq` from the oldest to the head is in exactly one chunk or known to be damaged. */
  checkOrder(): void;
}

const chunkBytes = 1024 * 1024;
export function chunks(
  db: Database,
  tables: Tables,
  damages: Damages,
  unsound: (found: Unsound) => void,
): Chunks {
  let meta: MetaRow = { id: 1, stateId: "", created: 0, oldest: 1, head: 0 };
  const cache = chunkCache();

  /** The verified chunk with `seq`, or undefined when there is none any more; that is then known as damage. */
  function at(seq: number): Chunk | undefined {
    const known = cache.at(seq);
    if (known !== undefined) return known;
    const [found] = tables.chunk.judge("WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1", seq);
    const last = found === undefined ? 0 : found.row.firstSeq + found.row.count - 1;
    if (found?.sound && last >= seq) {
      const { firstSeq, count, source, observedSeconds, observedNanos, bytes } = found.row;
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const observed = { seconds: observedSeconds, nanos: observedNanos };
      const records = decodeChunk(buffer, { firstSeq, count, source, observed });
      if (records !== undefined) return cache.add(lazyChunk(firstSeq, last, buffer.length, () => records));
    }
    const vanished = found === undefined || (found.sound && last < seq);
    const start = found === undefined ? meta.oldest : vanished ? last + 1 : found.row.firstSeq;
    const next = db.get<{ next: number | null }>(
      "SELECT min(first_seq) AS next FROM chunk WHERE first_seq > ?",
      seq,
    );
    const range = damages.clear(seq, Math.max(start, meta.oldest), (next?.next ?? meta.head + 1) - 1);
    unsound({ ...range, reason: vanished ? "records are missing on disk" : "records were changed on disk" });
    return undefined;
  }

  function daysOf(records: readonly NewRecord[]): string {
    const days: Record<number, number> = {};
    for (const { day } of records) days[day] = (days[day] ?? 0) + 1;
    return JSON.stringify(days);
  }

  function put(source: string, records: readonly NewRecord[], observed: Instant): void {
    const firstSeq = meta.head + 1;
    const count = records.length;
    const bytes = encodeChunk(records);
    const { seconds: observedSeconds, nanos: observedNanos } = observed;
    tables.chunk.put({
      firstSeq,
      count,
      source,
      observedSeconds,
      observedNanos,
      days: daysOf(records),
      bytes,
    });
    meta = { ...meta, head: meta.head + count };
    const decode = () => decodeChunk(bytes, { firstSeq, count, source, observed }) ?? [];
    cache.add(lazyChunk(firstSeq, meta.head, bytes.length, decode));
  }

  function beyondInChunk(firstSeq: number, position: number): DayCounts {
    const counts: DayCounts = new Map();
    for (const { seq, source, day } of at(firstSeq)?.records() ?? [])
      if (seq > position) countDay(counts, source, day, 1);
    return counts;
  }

  return {
    load() {
      cache.clear();
      const [row] = tables.meta.rows();
      if (row === undefined) throw booksDamaged("its heading is missing");
      meta = row;
    },
    meta: () => meta,
    setMeta(next) {
      tables.meta.put(next);
      meta = next;
      cache.dropBefore(meta.oldest);
    },

    append(source, records, observed) {
      const first = meta.head + 1;
      let from = 0;
      let bytes = 0;
      records.forEach((record, index) => {
        if (bytes > 0 && bytes + record.bytes.length > chunkBytes) {
          put(source, records.slice(from, index), observed);
          from = index;
          bytes = 0;
        }
        bytes += record.bytes.length;
      });
      put(source, from === 0 ? records : records.slice(from), observed);
      tables.meta.put(meta);
      return first;
    },

    read(after, limit) {
      const found: SpooledRecord[] = [];
      let bytes = 0;
      let seq = Math.max(after + 1, meta.oldest);
      while (seq <= meta.head) {
        const hole = damages.at(seq);
        if (hole !== undefined) {
          seq = hole.last + 1;
          continue;
        }
        const chunk = at(seq);
        if (chunk === undefined) continue;
        const records = chunk.records();
        for (; seq <= chunk.last; seq++) {
          const record = records[seq - chunk.first] as SpooledRecord;
          bytes += record.bytes.length;
          if (found.length > 0 && (found.length >= limit.events || bytes > limit.bytes)) return found;
          found.push(record);
        }
      }
      return found;
    },

    beyond(position) {
      const from = Math.max(position, meta.oldest - 1);
      const [before] = db.all<{ first: number; last: number }>(
        "SELECT first_seq AS first, first_seq + count - 1 AS last FROM chunk WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
        from,
      );
      const counts =
        before !== undefined && before.last > from ? beyondInChunk(before.first, from) : new Map();
      const rows = db.each<{ source: string; days: string }>(
        "SELECT source, days FROM chunk WHERE first_seq > ?",
        from,
      );
      for (const { source, days } of rows)
        for (const [day, count] of parseDays(days)) countDay(counts, source, day, count);
      return counts;
    },
    beyondInChunk,

    observedMs(seq) {
      const row = db.get<{ seconds: number; nanos: number }>(
        "SELECT observed_seconds AS seconds, observed_nanos AS nanos FROM chunk WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
        seq,
      );
      return row === undefined ? undefined : row.seconds * 1000 + Math.floor(row.nanos / 1_000_000);
    },

    checkOrder() {
      let expected = meta.oldest;
      const skipDamage = () => {
        for (let hole = damages.at(expected); hole !== undefined; hole = damages.at(expected))
          expected = hole.last + 1;
      };
      for (const { first, count } of db.each<{ first: number; count: number }>(
        "SELECT first_seq AS first, count FROM chunk ORDER BY first_seq",
      )) {
        skipDamage();
        if (first !== expected) throw booksDamaged(`record ${expected} is missing`);
        expected += count;
      }
      skipDamage();
      if (expected !== meta.head + 1) throw booksDamaged(`record ${expected} is missing`);
    },
  };
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
