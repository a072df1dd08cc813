import { allowedPerDay } from "../../own/allowed.ts";
import { type About, aboutOf, type OwnAction, type OwnFact } from "../../own/own-fact.ts";
import { ownSource } from "../../own/own-origin.ts";
import { ownRecord } from "../../own/own-record.ts";
import { instantOfMs, utcDayOfMs } from "../../time/clock.ts";
import { NewRecords } from "../chunk/new-records.ts";
import type { Books } from "./books.ts";
import type { Chunks } from "./chunks.ts";
import type { Database } from "./database.ts";
import type { ToldRow } from "./own-rows.ts";
import type { Tables } from "./tables.ts";

/** What our own records may take, beside the limit of the spool: they are told of when that is full, too. */
export const ownReserveBytes = 8 * 1024 * 1024;

/** What a record takes beside its bytes, about: it has a chunk for itself. */
const chunkBytes = 256;

/** Where our own records go, and what they are counted in. */
export interface OwnEventsParts {
  readonly db: Database;
  readonly tables: Tables;
  readonly chunks: Chunks;
  readonly books: Books;
  /** Takes secrets out of a text: a gap's reason may quote a server. */
  readonly scrub: (text: string) => string;
}

/**
 * What this program tells of itself, as records among the others. Writes join the caller's transaction, which
 * also writes down the fact: neither exists without the other.
 */
export class OwnEvents {
  readonly #parts: OwnEventsParts;
  readonly #told = new Map<string, ToldRow>();
  readonly #records = new NewRecords();
  /** What those take that are kept. */
  #bytes = 0;
  /** Since somebody asked. */
  #fresh: OwnAction[] = [];

  constructor(parts: OwnEventsParts) {
    this.#parts = parts;
  }

  /** In the midst of a transaction, what was told in it is still to be heard of. */
  load(): void {
    this.#told.clear();
    if (!this.#parts.db.inTransaction()) this.#fresh = [];
    for (const row of this.#parts.tables.told.rows()) this.#told.set(keyOf(row.action, row), row);
    this.measure();
  }

  /** One that had so many bytes on disk is gone. */
  freed(bytes: number): void {
    this.#bytes -= bytes + chunkBytes;
  }

  /** Records were taken out: what is left is measured. */
  measure(): void {
    const row = this.#parts.db.get<{ bytes: number }>(
      `SELECT coalesce(sum(coalesce(size, length(bytes)) + ${chunkBytes}), 0) AS bytes FROM chunk WHERE source = ?`,
      ownSource,
    );
    this.#bytes = row?.bytes ?? 0;
  }

  /** What the kept ones take, which does not count in the spool's limit. */
  bytes(): number {
    return this.#bytes;
  }

  /** So many were not told for want of room, and no later one has said so yet. */
  untold(): number {
    return [...this.#told.values()].reduce((sum, { untold }) => sum + untold, 0);
  }

  /** The row of an action about something; its `at` is 0 before the first. */
  told(action: OwnAction, about: About): ToldRow {
    return this.#told.get(keyOf(action, about)) ?? { action, ...about, at: 0, told: 0, untold: 0 };
  }

  /** From now on it is as if one had been told at `at`. */
  begin(action: OwnAction, about: About, at: number): void {
    this.#put({ action, ...about, at, told: 0, untold: 0 });
  }

  /** One was told that does not go through `tell`. */
  noteTold(action: OwnAction, about: About, at: number): void {
    this.#put({ action, ...about, at, told: 1, untold: 0 });
    this.#fresh.push(action);
  }

  /**
   * Tells a fact that came about at `at`, epoch milliseconds. False: there have been too many like it today,
   * or no room is left; that is counted, and the next one says so.
   */
  tell(fact: OwnFact, at: number): boolean {
    const before = this.told(fact.action, aboutOf(fact));
    const told = utcDayOfMs(before.at) === utcDayOfMs(at) ? before.told : 0;
    const made = this.#make(fact, at, before.untold);
    if (told >= allowedPerDay(fact.action) || this.#bytes + made.bytes.length > ownReserveBytes) {
      this.#put({ ...before, untold: before.untold + 1 });
      return false;
    }
    this.#append(made, at);
    this.#put({ ...before, at, told: told + 1, untold: 0 });
    this.#fresh.push(fact.action);
    return true;
  }

  /** What was told since this was asked last. */
  takeFresh(): readonly OwnAction[] {
    const taken = this.#fresh;
    this.#fresh = [];
    return taken;
  }

  #make(fact: OwnFact, at: number, untold: number) {
    const { chunks, scrub } = this.#parts;
    const { stateId, head } = chunks.meta();
    const told = fact.action === "gap_found" ? { ...fact, reason: scrub(fact.reason) } : fact;
    return ownRecord(told, { stateId, seq: head + 1, at, untold });
  }

  #append(made: ReturnType<typeof ownRecord>, at: number): void {
    const { chunks, books } = this.#parts;
    const records = this.#records;
    records.clear();
    records.add(made);
    books.fetched(ownSource, [{ day: made.day, fetched: 1, known: 0 }], records.days);
    chunks.append(ownSource, records, instantOfMs(at));
    this.#bytes += records.chunks.reduce((sum, { bytes }) => sum + bytes.length + chunkBytes, 0);
  }

  #put(row: ToldRow): void {
    this.#parts.tables.told.put(row);
    this.#told.set(keyOf(row.action, row), row);
  }
}

function keyOf(action: string, { output, source }: About): string {
  return JSON.stringify([action, output, source]);
}
