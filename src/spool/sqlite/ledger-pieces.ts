import type { Damages } from "./damages.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/**
 * Known identities, kept in pieces: one per append and ledger day. Everything joins the caller's
 * transaction.
 */
export interface LedgerPieces {
  keep(source: string, firstSeq: number, identities: ReadonlyMap<number, Buffer>): void;
  /** A piece that is not what was written is dropped and noted as damage. */
  of(source: string, day: number): Buffer[];
  /** Forgets every append that has a record from `first` to `last`. */
  forget(first: number, last: number): void;
  /** Forgets what is known of a day. */
  forgetDay(source: string, day: number): void;
  /** Forgets everything that is known of a source. */
  forgetSource(source: string): void;
  /** Drops some pieces of days before `day`. */
  prune(day: number): void;
}

const piecesPerPrune = 500;

/** The ledger kept in `tables`. `now` is epoch milliseconds, for notes of damage. */
export function ledgerPieces(
  db: Database,
  tables: Tables,
  damages: Damages,
  now: () => number,
): LedgerPieces {
  return {
    keep(source, firstSeq, identities) {
      for (const [day, bytes] of identities)
        if (bytes.length > 0)
          tables.ledger.put({ source, day, firstSeq, count: bytes.length / 16, identities: bytes });
    },

    of(source, day) {
      const pieces: Buffer[] = [];
      for (const { row, sound } of tables.ledger.checked(
        "WHERE source = ? AND day = ? ORDER BY first_seq",
        source,
        day,
      )) {
        if (sound)
          pieces.push(
            Buffer.from(row.identities.buffer, row.identities.byteOffset, row.identities.byteLength),
          );
        else {
          db.run(
            "DELETE FROM ledger WHERE source = ? AND day = ? AND first_seq = ?",
            source,
            day,
            row.firstSeq,
          );
          const reason = "known identities were changed on disk: their records come again under the same uid";
          damages.note({ firstSeq: row.firstSeq, count: 0, source, at: now(), reason });
        }
      }
      return pieces;
    },

    forget(first, last) {
      const appends = db.all<{ firstSeq: number }>(
        "SELECT first_seq AS firstSeq FROM ledger GROUP BY first_seq HAVING first_seq <= ? AND first_seq + sum(count) > ?",
        last,
        first,
      );
      for (const { firstSeq } of appends) db.run("DELETE FROM ledger WHERE first_seq = ?", firstSeq);
    },

    forgetDay: (source, day) => db.run("DELETE FROM ledger WHERE source = ? AND day = ?", source, day),

    forgetSource: (source) => db.run("DELETE FROM ledger WHERE source = ?", source),

    prune(day) {
      const old = db.all<{ source: string; day: number; firstSeq: number }>(
        `SELECT source, day, first_seq AS firstSeq FROM ledger
         WHERE source IN (SELECT name FROM source) AND day >= 0 AND day < ? LIMIT ${piecesPerPrune}`,
        day,
      );
      for (const piece of old)
        db.run(
          "DELETE FROM ledger WHERE source = ? AND day = ? AND first_seq = ?",
          piece.source,
          piece.day,
          piece.firstSeq,
        );
    },
  };
}
