import type { SpooledRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";
import { type DecodedChunk, decodeChunk, isChunk } from "../chunk/chunk-codec.ts";
import type { ShownRecords, TakenPiece } from "../replays.ts";
import type { Limit } from "../spool.ts";
import type { AgainPlaceRow, AgainRow } from "./again-rows.ts";
import type { Damages } from "./damages.ts";
import type { Database } from "./database.ts";
import { behind, bufferOf, inParts } from "./known-pieces.ts";
import type { Tables } from "./tables.ts";

/**
 * What sources have shown for replays, until it is sent, by the id of the replay. Writes join the caller's
 * transaction. Times are epoch milliseconds.
 */
export interface ShownAgain {
  load(): void;
  /** The days of this source are read for this replay from now on. */
  readFor(source: string, id: string): void;
  /** They are read for none. */
  forget(source: string): void;
  /** The replay that days of this source are read for, or were read last. */
  idOf(source: string): string | undefined;
  sourcesOf(id: string): readonly string[];
  place(id: string): { readonly next: number; readonly free: number };
  /** What waits, bytes. */
  bytes(id: string): number;
  put(source: string, shown: ShownRecords, observed: Instant): void;
  /** Records of a day are not wanted, by their uids, 16 bytes each. */
  take(id: string, day: number, uids: Buffer): void;
  keys(id: string, day: number): Iterable<TakenPiece>;
  /** All before `day` is done with, and comes no more. */
  dropKeys(id: string, day: number): void;
  /** What follows `after`; what was changed on disk is passed over. */
  read(id: string, after: number, limit: Limit): SpooledRecord[];
  /** All before `next` is done with. Gives back how many records of it were changed on disk. */
  advance(id: string, next: number, at: number): number;
  /** The replay is over: nothing of it waits any more. */
  clear(id: string): void;
}

/** Keys that are there before any record is handed over. */
const atFirst = 0;

/** A chunk that was read; without `decoded` it is not what was written. */
interface ReadChunk {
  readonly id: string;
  readonly first: number;
  readonly end: number;
  readonly decoded: DecodedChunk | undefined;
}

/** What is kept in `tables`; empty until `load`. */
export function shownAgain(db: Database, tables: Tables, damages: Damages): ShownAgain {
  return new KeptShown(db, tables, damages);
}

class KeptShown implements ShownAgain {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #damages: Damages;
  readonly #sources = new Map<string, string>();
  readonly #places = new Map<string, AgainPlaceRow>();
  readonly #sizes = new Map<string, number>();
  #lastRead: ReadChunk | undefined;

  constructor(db: Database, tables: Tables, damages: Damages) {
    this.#db = db;
    this.#tables = tables;
    this.#damages = damages;
  }

  load(): void {
    for (const kept of [this.#sources, this.#places, this.#sizes]) kept.clear();
    this.#lastRead = undefined;
    for (const { source, id } of this.#tables.againSource.rows()) this.#sources.set(source, id);
    for (const row of this.#tables.againPlace.rows()) this.#places.set(row.id, row);
    for (const { id, bytes } of this.#db.all<{ id: string; bytes: number }>(
      "SELECT id, sum(length(bytes)) AS bytes FROM again GROUP BY id",
    ))
      this.#sizes.set(id, bytes);
  }

  readFor(source: string, id: string): void {
    this.#tables.againSource.put({ source, id });
    this.#sources.set(source, id);
  }

  forget(source: string): void {
    this.#db.run("DELETE FROM again_source WHERE source = ?", source);
    this.#sources.delete(source);
  }

  idOf = (source: string) => this.#sources.get(source);

  sourcesOf = (id: string) => [...this.#sources].flatMap(([source, of]) => (of === id ? [source] : []));

  place = (id: string) => this.#places.get(id) ?? { id, next: 1, free: 1 };

  bytes = (id: string) => this.#sizes.get(id) ?? 0;

  put(source: string, { id, day, records, keys }: ShownRecords, observed: Instant): void {
    const place = this.place(id);
    let firstSeq = place.free;
    if (keys.length > 0) this.#tables.againKey.put({ id, day, firstSeq, keys });
    const { seconds: observedSeconds, nanos: observedNanos } = observed;
    for (const { count, bytes } of records.chunks) {
      this.#tables.again.put({ id, firstSeq, count, source, observedSeconds, observedNanos, bytes });
      this.#grow(id, bytes.length);
      firstSeq += count;
    }
    this.#move({ ...place, free: firstSeq });
  }

  take(id: string, day: number, keys: Buffer): void {
    this.#tables.againKey.put({ id, day, firstSeq: atFirst, keys });
  }

  *keys(id: string, day: number): Generator<TakenPiece, void> {
    for (const { row, sound } of inParts(
      (after) => this.#tables.againKey.checked(`WHERE id = ? AND day = ? ${behind}`, id, day, after),
      ({ firstSeq }) => firstSeq,
    ))
      if (sound) yield { form: "keys", bytes: bufferOf(row.keys) };
  }

  dropKeys(id: string, day: number): void {
    // What SQLite has no number for is every day.
    if (day === Number.POSITIVE_INFINITY) this.#db.run("DELETE FROM again_key WHERE id = ?", id);
    else this.#db.run("DELETE FROM again_key WHERE id = ? AND day < ?", id, day);
  }

  read(id: string, after: number, limit: Limit): SpooledRecord[] {
    const found: SpooledRecord[] = [];
    let bytes = 0;
    const { next, free } = this.place(id);
    for (let seq = Math.max(after + 1, next); seq < free; ) {
      const chunk = this.#chunkAt(id, seq);
      if (chunk === undefined) break;
      const { end, decoded } = chunk;
      if (decoded === undefined) seq = end;
      for (; decoded !== undefined && seq < end; seq++) {
        bytes += decoded.size(seq);
        if (found.length > 0 && (found.length >= limit.events || bytes > limit.bytes)) return found;
        found.push(decoded.record(seq));
      }
    }
    return found;
  }

  advance(id: string, next: number, at: number): number {
    const place = this.place(id);
    if (next <= place.next) return 0;
    let lost = 0;
    for (const chunk of this.#tables.again.checkedEach("WHERE id = ? AND first_seq + count <= ?", id, next)) {
      const { firstSeq, count, source, bytes } = chunk.row;
      this.#grow(id, -bytes.length);
      if (isWhole(chunk)) continue;
      lost += count;
      const reason = `${count} records that the replay ${id} was to send again were changed on disk`;
      this.#damages.note({ firstSeq, count: 0, source, at, reason });
    }
    this.#db.run("DELETE FROM again WHERE id = ? AND first_seq + count <= ?", id, next);
    this.#move({ ...place, next });
    return lost;
  }

  clear(id: string): void {
    for (const table of ["again", "again_key", "again_place"])
      this.#db.run(`DELETE FROM ${table} WHERE id = ?`, id);
    this.#places.delete(id);
    this.#sizes.delete(id);
    this.#lastRead = undefined;
  }

  /** The one that was read last is in memory: batches are smaller than chunks. */
  #chunkAt(id: string, seq: number): ReadChunk | undefined {
    const last = this.#lastRead;
    if (last?.id === id && seq >= last.first && seq < last.end) return last;
    const rest = "WHERE id = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1";
    const [found] = this.#tables.again.checked(rest, id, seq);
    if (found === undefined) return undefined;
    const { firstSeq: first, count } = found.row;
    const decoded = isWhole(found) ? decodeChunk(encodedOf(found.row)) : undefined;
    this.#lastRead = { id, first, end: first + count, decoded };
    return this.#lastRead;
  }

  #move(place: AgainPlaceRow): void {
    this.#tables.againPlace.put(place);
    this.#places.set(place.id, place);
  }

  #grow(id: string, by: number): void {
    this.#sizes.set(id, this.bytes(id) + by);
  }
}

function isWhole({ row, sound }: { readonly row: AgainRow; readonly sound: boolean }): boolean {
  return sound && isChunk(row.bytes, row.count);
}

function encodedOf({ firstSeq, count, source, observedSeconds, observedNanos, bytes }: AgainRow) {
  const observed = { seconds: observedSeconds, nanos: observedNanos };
  return { firstSeq, count, source, observed, bytes: bytes as Uint8Array<ArrayBuffer> };
}
