import type { KnownPiece } from "../store.ts";
import type { Database } from "./database.ts";
import type { CheckedRow } from "./sealed-table.ts";
import type { Tables } from "./tables.ts";

/** Gives pieces; returns what takes those out that are not what was written, undefined where all are. */
export type KnownPieces = Generator<KnownPiece, (() => void) | undefined>;

/** What earlier versions kept is by source; whose log that is, stands beside. */
const sourcesOf = "source IN (SELECT source FROM origin WHERE instance = ?)";

/** Some rows at a time: about a megabyte. */
export const behind = "AND first_seq > ? ORDER BY first_seq LIMIT 16";

/**
 * What is known of a ledger day, one piece at a time: of a large day they do not fit in memory together. What
 * is not what was written is left out; `note` is told of it when it is taken out.
 */
export function* knownPieces(
  db: Database,
  tables: Tables,
  note: (firstSeq: number, reason: string) => void,
  instance: string,
  day: number,
): KnownPieces {
  const unsound: (() => void)[] = [];
  const drop = (where: string, values: readonly (string | number)[], firstSeq: number, reason: string) =>
    unsound.push(() => {
      db.run(`DELETE FROM ${where}`, ...values);
      note(firstSeq, reason);
    });
  for (const { row, sound } of inParts(
    (after) => tables.ledger.checked(`WHERE ${sourcesOf} AND day = ? ${behind}`, instance, day, after),
    ({ firstSeq }) => firstSeq,
  )) {
    const { source, firstSeq, identities } = row;
    const where = "ledger WHERE source = ? AND day = ? AND first_seq = ?";
    if (sound) yield { form: "identities", source, bytes: bufferOf(identities) };
    else drop(where, [source, day, firstSeq], firstSeq, changedOnDisk(source));
  }
  const ofDay = "WHERE instance = ? AND day = ?";
  for (const { row, sound } of inParts(
    (after) => tables.known.checked(`${ofDay} ${behind}`, instance, day, after),
    ({ firstSeq }) => firstSeq,
  )) {
    const { firstSeq, due, records } = row;
    if (sound) yield { form: due === 1 ? "due" : "known", bytes: bufferOf(records) };
    else
      drop(`known ${ofDay} AND first_seq = ?`, [instance, day, firstSeq], firstSeq, changedOnDisk(instance));
  }
  for (const { row, sound } of tables.knownName.checked(ofDay, instance, day)) {
    const reason = `names of known records of ${instance} were changed on disk: of twins one may come again`;
    if (sound) yield { form: "names", bytes: bufferOf(row.records) };
    else drop(`known_name ${ofDay} AND part = ?`, [instance, day, row.part], 0, reason);
  }
  return unsound.length === 0
    ? undefined
    : () => {
        for (const each of unsound) each();
      };
}

/**
 * Rows as they follow each other, some at a time: in between nobody has to wait for whoever takes them, nor
 * does the write-ahead log, which cannot be written into the database while a query is under way.
 */
export function* inParts<Row>(
  rowsBehind: (after: number) => readonly CheckedRow<Row>[],
  keyOf: (row: Row) => number,
): Generator<CheckedRow<Row>, void> {
  for (let rows = rowsBehind(-1); rows.length > 0; ) {
    yield* rows;
    rows = rowsBehind(keyOf((rows.at(-1) as CheckedRow<Row>).row));
  }
}

/** Why known identities are not there any more. */
export function changedOnDisk(whose: string): string {
  return `known identities of ${whose} were changed on disk: their records come again under the same uid`;
}

/** The same bytes. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
