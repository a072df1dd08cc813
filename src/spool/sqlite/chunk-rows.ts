import type { Segments } from "../segment/segments.ts";
import { SpoolError } from "../spool-error.ts";
import type { Database } from "./database.ts";
import { type CheckedRow, type SealedTable, sealedTable } from "./sealed-table.ts";

/** Records of one append and source, up to 1.25 MiB of them; `days`: how many of each UTC day, as JSON. */
export interface ChunkRow {
  firstSeq: number;
  count: number;
  source: string;
  observedSeconds: number;
  observedNanos: number;
  days: string;
  /** Empty where they lie in a segment. */
  bytes: Uint8Array;
  /** Where they lie in a segment, as `SegmentPlace` has it; null where they do not. */
  segment: number | null;
  start: number | null;
  size: number | null;
  crc: number | null;
}

/** What of a row says where its bytes are. */
export type StoredBytes = Pick<ChunkRow, "bytes" | "segment" | "start" | "size" | "crc">;

/** How they are asked for in a query. */
export const storedBytes = "chunk.bytes, chunk.segment, chunk.start, chunk.size, chunk.crc";

/**
 * So many bytes lie in a segment. They would go through the write-ahead log into pages of the database, which
 * writes them twice; of what is not more than half a page that is cheaper than to wait for a second file.
 */
const segmentedBytes = 4 * 1024;
/** None is written from this number on: where a row says so it was changed on disk. */
const segmentsEnd = 1e12;
const noBytes = new Uint8Array(0);
const noPlace = { segment: null, start: null, size: null, crc: null };

const firstColumns = [
  ...(["firstSeq", "count", "source", "observedSeconds", "observedNanos", "days", "bytes"] as const),
];
const placeColumns = ["segment", "start", "size", "crc"] as const;

/** The table. */
export function chunkTable(db: Database): SealedTable<ChunkRow> {
  return sealedTable<ChunkRow>(db, "chunk", [...firstColumns, ...placeColumns], placeColumns.length);
}

/** The table as it was before there were segments: for salvage, which changes nothing of what it reads. */
export function earlierChunkTable(db: Database): SealedTable<Omit<ChunkRow, keyof typeof noPlace>> {
  return sealedTable(db, "chunk", firstColumns);
}

/** A row of that table as it is now. */
export function chunkRowOf(earlier: Omit<ChunkRow, keyof typeof noPlace>): ChunkRow {
  return { ...earlier, ...noPlace };
}

/** The rows of chunks, with the bytes that lie in segments. Writes join the caller's transaction. */
export class ChunkRows {
  readonly #db: Database;
  readonly #table: SealedTable<ChunkRow>;
  readonly #segments: Segments;
  #segmented = 0;
  #isCompared = false;
  /** Some segments may be of no more use; at a start, such that an end came before they were removed. */
  #isTakenOut = true;

  constructor(db: Database, table: SealedTable<ChunkRow>, segments: Segments) {
    this.#db = db;
    this.#table = table;
    this.#segments = segments;
  }

  /**
   * Follows the disk: what no row tells of makes way. Not in the midst of a transaction, whose end may bring
   * rows back.
   */
  load(): void {
    if (!this.#db.inTransaction()) this.#goOn();
    this.measure();
  }

  #goOn(): void {
    this.#compareIndex();
    const last = this.#db.get<{ segment: number; end: number }>(
      `SELECT segment, max(start + size) AS end FROM chunk WHERE segment =
         (SELECT max(segment) FROM chunk WHERE segment IS NOT NULL AND segment < ${segmentsEnd}) GROUP BY segment`,
    );
    this.#segments.goOnAt(last);
  }

  /**
   * What makes way is told by the index, which has no seal: one that does not say what the rows do would take
   * the bytes of sound rows with it. Once, before anything goes; from then on only we write it.
   */
  #compareIndex(): void {
    if (this.#isCompared) return;
    const sums = (how: string) =>
      JSON.stringify(
        this.#db.get(
          `SELECT count(*) AS rows, total(segment) AS segments, total(start) AS starts, total(size) AS sizes
           FROM chunk ${how} WHERE segment IS NOT NULL`,
        ),
      );
    if (sums("NOT INDEXED") !== sums("INDEXED BY chunk_segment"))
      throw new SpoolError(
        "corrupt",
        "the index of the segments says something else than the rows",
        "start again: what can be read is saved into a new database",
      );
    this.#isCompared = true;
  }

  /** Rows were taken out. */
  measure(): void {
    const sum = "SELECT coalesce(sum(size), 0) AS bytes FROM chunk WHERE segment IS NOT NULL";
    this.#segmented = this.#db.get<{ bytes: number }>(sum)?.bytes ?? 0;
  }

  /** What lies in segments, in bytes. */
  get segmentedBytes(): number {
    return this.#segmented;
  }

  put(row: Omit<ChunkRow, keyof typeof noPlace>): void {
    if (row.bytes.length < segmentedBytes) this.#table.put({ ...row, ...noPlace });
    else {
      this.#table.put({ ...row, bytes: noBytes, ...this.#segments.append(row.bytes) });
      this.#segmented += row.bytes.length;
    }
  }

  /** The row of the chunk that has `seq`, or of the last one before it. */
  before(seq: number): CheckedRow<ChunkRow> | undefined {
    return this.#table.checked("WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1", seq)[0];
  }

  /** In memory of their own; undefined where a segment has others: a row by itself is what its seal says. */
  bytesOf({ bytes, segment, start, size, crc }: StoredBytes): Uint8Array<ArrayBuffer> | undefined {
    if (segment === null) return bytes as Uint8Array<ArrayBuffer>;
    if (start === null || size === null || crc === null) return undefined;
    return this.#segments.read({ segment, start, size, crc });
  }

  /** As they are found, where the row has none. */
  foundIn({ segment, start, size, crc }: StoredBytes): Uint8Array | undefined {
    if (segment === null || start === null || size === null || crc === null) return undefined;
    return this.#segments.found({ segment, start, size, crc });
  }

  /** Takes out the chunks that begin from `first` to `last`. */
  remove(first: number, last: number): void {
    this.#db.run("DELETE FROM chunk WHERE first_seq BETWEEN ? AND ?", first, last);
    this.#isTakenOut = true;
    this.measure();
  }

  /** Whether a segment is of no more use once the chunks up to `seq` are taken out. */
  freesSegment(seq: number): boolean {
    const oldest = this.#firstSegment();
    const kept = this.#db.get<{ segment: number }>(
      `SELECT segment FROM chunk WHERE segment IS NOT NULL AND first_seq + count - 1 > ?
         AND first_seq >= (SELECT coalesce(max(first_seq), 0) FROM chunk WHERE first_seq <= ?)
       ORDER BY first_seq LIMIT 1`,
      seq,
      seq,
    );
    return oldest !== undefined && (kept === undefined || kept.segment > oldest);
  }

  /** What was taken out by transactions that have ended gives its room back. */
  dropSegments(): void {
    if (!this.#isTakenOut) return;
    this.#segments.dropBefore(this.#firstSegment());
    this.#isTakenOut = false;
  }

  #firstSegment(): number | undefined {
    const row = this.#db.get<{ first: number | null }>(
      "SELECT min(segment) AS first FROM chunk WHERE segment IS NOT NULL",
    );
    return row?.first ?? undefined;
  }
}
