import { utcDayOfMs } from "../../time/clock.ts";
import { misdatedDay } from "../spool-state.ts";
import { knownBytes, type LedgerDelta } from "../store.ts";
import type { Damages } from "./damages.ts";
import type { Database } from "./database.ts";
import { mergeNames, namesByPart } from "./known-names.ts";
import { bufferOf, changedOnDisk, type KnownPieces, knownPieces } from "./known-pieces.ts";
import { daysBefore, dropPieces } from "./old-days.ts";
import type { KnownRow, Tables } from "./tables.ts";

/**
 * The ledger on disk: known records in pieces, one per append and ledger day, and the names that some of them
 * show now. Everything joins the caller's transaction.
 */
export interface LedgerPieces {
  keep(instance: string, firstSeq: number, known: ReadonlyMap<number, Buffer>): void;
  /** Known records show other names now. */
  rename(instance: string, renamed: ReadonlyMap<number, Buffer>): void;
  /** See `knownPieces`. */
  of(instance: string, day: number): KnownPieces;
  /** The records of every append that has one from `first` to `last` are to be kept once more. */
  forget(first: number, last: number): void;
  /** The same for a day of the books of a source; of every instance where nobody knows whose log that is. */
  forgetDay(source: string, day: number): void;
  /** Forgets what earlier versions kept of a source. */
  forgetSource(source: string): void;
  /** Drops some pieces of days before `day`, but of none that `isNeeded`. */
  prune(day: number, isNeeded: (instance: string, day: number) => boolean): void;
}

const piecesPerPrune = 500;

/** The ledger kept in `tables`. `now` is epoch milliseconds, for notes of damage. */
export function ledgerPieces(
  db: Database,
  tables: Tables,
  damages: Damages,
  now: () => number,
): LedgerPieces {
  return new SqliteLedger(db, tables, damages, now);
}

/** Throws unless each of so many records comes with its knowledge. */
export function checkDelta(records: number, { known }: LedgerDelta): void {
  let identities = 0;
  for (const bytes of known.values()) identities += bytes.length / knownBytes;
  if (identities !== records) throw new Error(`${records} records came with ${identities} identities`);
}

class SqliteLedger implements LedgerPieces {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #damages: Damages;
  readonly #now: () => number;

  constructor(db: Database, tables: Tables, damages: Damages, now: () => number) {
    this.#db = db;
    this.#tables = tables;
    this.#damages = damages;
    this.#now = now;
  }

  keep(instance: string, firstSeq: number, known: ReadonlyMap<number, Buffer>): void {
    for (const [day, records] of known)
      if (records.length > 0)
        this.#tables.known.put({
          instance,
          day,
          firstSeq,
          count: records.length / knownBytes,
          due: 0,
          records,
        });
  }

  rename(instance: string, renamed: ReadonlyMap<number, Buffer>): void {
    for (const [day, records] of renamed)
      for (const [part, named] of namesByPart(records)) {
        const [before] = this.#tables.knownName.checked(
          "WHERE instance = ? AND day = ? AND part = ?",
          instance,
          day,
          part,
        );
        const kept = before?.sound === true ? bufferOf(before.row.records) : Buffer.alloc(0);
        this.#tables.knownName.put({ instance, day, part, records: mergeNames(kept, named) });
      }
  }

  of(instance: string, day: number): KnownPieces {
    const note = (firstSeq: number, reason: string) => this.#note(firstSeq, reason);
    return knownPieces(this.#db, this.#tables, note, instance, day);
  }

  forget(first: number, last: number): void {
    this.#dropEarlier(first, last);
    for (const firstSeq of this.#appends("known", first, last)) this.#expect("WHERE first_seq = ?", firstSeq);
  }

  forgetDay(source: string, day: number): void {
    // What the books call misdated, the ledger knows by its own day, which is still to come.
    const from = day === misdatedDay ? utcDayOfMs(this.#now()) + 1 : Number.MAX_SAFE_INTEGER;
    this.#db.run("DELETE FROM ledger WHERE source = ? AND (day = ? OR day >= ?)", source, day, from);
    this.#expect(
      `WHERE (day = ? OR day >= ?) AND (instance IN (SELECT instance FROM origin WHERE source = ?)
         OR NOT EXISTS (SELECT 1 FROM origin WHERE source = ?))`,
      day,
      from,
      source,
      source,
    );
  }

  forgetSource(source: string): void {
    this.#db.run("DELETE FROM ledger WHERE source = ?", source);
  }

  prune(day: number, isNeeded: (instance: string, day: number) => boolean): void {
    let room = piecesPerPrune;
    for (const old of daysBefore(this.#db, day)) {
      if (room <= 0) return;
      if (!isNeeded(old.instance, old.day)) room -= dropPieces(this.#db, old, room);
    }
  }

  /** The records that these rows hold are to be kept once more. */
  #expect(rest: string, ...values: (string | number)[]): void {
    for (const { row, sound } of this.#tables.known.checked(rest, ...values))
      if (sound) this.#tables.known.put({ ...row, due: 1 });
      else this.#drop(row, changedOnDisk(row.instance));
  }

  #drop({ instance, day, firstSeq }: KnownRow, reason: string): void {
    this.#db.run(
      "DELETE FROM known WHERE instance = ? AND day = ? AND first_seq = ?",
      instance,
      day,
      firstSeq,
    );
    this.#note(firstSeq, reason);
  }

  #dropEarlier(first: number, last: number): void {
    for (const firstSeq of this.#appends("ledger", first, last))
      this.#db.run("DELETE FROM ledger WHERE first_seq = ?", firstSeq);
  }

  /** The appends that have a record from `first` to `last`, by the `seq` of their first one. */
  #appends(table: "ledger" | "known", first: number, last: number): number[] {
    const rows = this.#db.all<{ firstSeq: number }>(
      `SELECT first_seq AS firstSeq FROM ${table} GROUP BY first_seq
       HAVING first_seq <= ? AND first_seq + sum(count) > ?`,
      last,
      first,
    );
    return rows.map(({ firstSeq }) => firstSeq);
  }

  #note(firstSeq: number, reason: string): void {
    this.#damages.note({ firstSeq, count: 0, source: "", at: this.#now(), reason });
  }
}
