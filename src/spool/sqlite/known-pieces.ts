import type { KnownPiece } from "../store.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** Gives pieces; returns what takes those out that are not what was written, undefined where all are. */
export type KnownPieces = Generator<KnownPiece, (() => void) | undefined>;

/** What earlier versions kept is by source; whose log that is, stands beside. */
const sourcesOf = "source IN (SELECT source FROM origin WHERE instance = ?)";

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
  for (const { row, sound } of tables.ledger.checkedEach(
    `WHERE ${sourcesOf} AND day = ? ORDER BY first_seq`,
    instance,
    day,
  )) {
    const { source, firstSeq, identities } = row;
    const where = "ledger WHERE source = ? AND day = ? AND first_seq = ?";
    if (sound) yield { form: "identities", source, bytes: bufferOf(identities) };
    else drop(where, [source, day, firstSeq], firstSeq, changedOnDisk(source));
  }
  const ofDay = "WHERE instance = ? AND day = ?";
  for (const { row, sound } of tables.known.checkedEach(`${ofDay} ORDER BY first_seq`, instance, day)) {
    const { firstSeq, due, records } = row;
    if (sound) yield { form: due === 1 ? "due" : "known", bytes: bufferOf(records) };
    else
      drop(`known ${ofDay} AND first_seq = ?`, [instance, day, firstSeq], firstSeq, changedOnDisk(instance));
  }
  for (const { row, sound } of tables.knownName.checkedEach(ofDay, instance, day)) {
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

/** Why known identities are not there any more. */
export function changedOnDisk(whose: string): string {
  return `known identities of ${whose} were changed on disk: their records come again under the same uid`;
}

/** The same bytes. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
