import type { DeadLetter, LetterFilter, LetterPlace } from "../spool.ts";
import type { StoredDeadLetter } from "../spool-state.ts";
import type { Database } from "./database.ts";
import { letterOf, recordColumns, rowBytes } from "./record-columns.ts";
import type { DeadLetterRow, Tables } from "./tables.ts";

/** Given up for one output, kept with the reason and the record itself. */
export interface DeadLetters {
  load(): void;
  keep(output: string, letters: readonly DeadLetter[]): void;
  /** One for this reason is kept. */
  has(output: string, reason: string): boolean;
  /** How many there are, by output and reason. */
  counts(): { readonly output: string; readonly reason: string; readonly events: number }[];
  list(filter: LetterFilter, limit: number, after?: LetterPlace): StoredDeadLetter[];
  /** Takes some letters out; damaged ones stay where they are. */
  take(filter: LetterFilter): TakenLetter[];
  /** Where those of one output stand in the run, after `after` up to `through`. */
  seqs(output: string, after: number, through: number): number[];
  /** Room that those of one output take, bytes. */
  bytes(output: string): number;
  totalBytes(): number;
}

/** What one output keeps for one reason. */
interface Stock {
  readonly output: string;
  readonly reason: string;
  readonly letters: number;
  readonly bytes: number;
}

/** A dead letter that is none any more. */
export interface TakenLetter {
  readonly output: string;
  readonly letter: DeadLetter;
}

/** One transaction stays short. */
const lettersPerTake = 500;

/** The dead letters kept in `tables`; nothing is known of their size until `load`. */
export function keptLetters(db: Database, tables: Tables): DeadLetters {
  const sizes = new Map<string, number>();
  const grow = (output: string, by: number) => void sizes.set(output, (sizes.get(output) ?? 0) + by);
  /** How many, by output and reason. */
  const counts = new Map<string, number>();
  const count = (output: string, reason: string, by: number) => {
    const key = JSON.stringify([output, reason]);
    counts.set(key, (counts.get(key) ?? 0) + by);
  };

  function chosen(filter: LetterFilter, after: LetterPlace, limit: number) {
    const { output = null, reason = null, day = null, uid = null, before = null } = filter;
    return tables.deadLetter.checked(
      `WHERE (output, seq) > (?1, ?2) AND (?3 IS NULL OR output = ?3)
       AND (?4 IS NULL OR reason = ?4) AND (?5 IS NULL OR day = ?5) AND (?6 IS NULL OR uid = ?6)
       AND (?7 IS NULL OR at < ?7) ORDER BY output, seq LIMIT ?8`,
      ...[after.output, after.seq, output, reason, day, uid, before, limit],
    );
  }

  return {
    load() {
      sizes.clear();
      counts.clear();
      for (const { output, reason, letters, bytes } of db.all<Stock>(
        `SELECT output, reason, count(*) AS letters, sum(length(bytes)) + ${rowBytes} * count(*) AS bytes
         FROM dead_letter GROUP BY output, reason`,
      )) {
        grow(output, bytes);
        count(output, reason, letters);
      }
    },

    keep(output, letters) {
      for (const letter of letters) {
        tables.deadLetter.put({ output, ...recordColumns(letter) });
        grow(output, letter.record.bytes.length + rowBytes);
        count(output, letter.reason, 1);
      }
    },

    has: (output, reason) => (counts.get(JSON.stringify([output, reason])) ?? 0) > 0,

    counts: () => [...counts].flatMap(([key, events]) => (events > 0 ? [countOf(key, events)] : [])),
    list: (filter, limit, after = { output: "", seq: 0 }) =>
      chosen(filter, after, limit).map(({ row, sound }) => (sound ? stored(row) : damagedLetter(row))),

    take(filter) {
      const taken: TakenLetter[] = [];
      for (const { row, sound } of chosen(filter, { output: "", seq: 0 }, lettersPerTake)) {
        if (!sound) continue;
        db.run("DELETE FROM dead_letter WHERE output = ? AND seq = ?", row.output, row.seq);
        grow(row.output, -(row.bytes.length + rowBytes));
        count(row.output, row.reason, -1);
        taken.push({ output: row.output, letter: letterOf(row) });
      }
      return taken;
    },

    seqs: (output, after, through) =>
      db
        .all<{ seq: number }>(
          "SELECT seq FROM dead_letter WHERE output = ? AND seq > ? AND seq <= ?",
          output,
          after,
          through,
        )
        .map(({ seq }) => seq),
    bytes: (output) => sizes.get(output) ?? 0,
    totalBytes: () => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

function countOf(key: string, events: number) {
  const [output = "", reason = ""] = JSON.parse(key) as string[];
  return { output, reason, events };
}

function stored({
  output,
  seq,
  uid,
  source,
  day,
  reason,
  detail,
  at,
  bytes,
}: DeadLetterRow): StoredDeadLetter {
  return { output, seq, uid, source, day, reason, detail, at, bytes: Buffer.from(bytes) };
}

/** The record may be another one by now: only its place is told. */
function damagedLetter({ output, seq }: DeadLetterRow): StoredDeadLetter {
  const detail = "this dead letter was changed on disk";
  const place = { output, seq, uid: "", source: "", day: 0 };
  return { ...place, reason: "damaged", detail, at: 0, bytes: Buffer.alloc(0) };
}
