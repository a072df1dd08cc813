import type { EventLookup, KnownTwin } from "../event-lookup.ts";
import { knownBytes } from "../store.ts";
import { bufferOf } from "./known-pieces.ts";
import type { Tables } from "./tables.ts";

const identityBytes = 16;
const ordinalAt = 20;
/** Rows of one step: about a megabyte. */
const rowsPerStep = 16;

/**
 * The records of a ledger day with one identity, some rows at a time. `observedMs` tells when the record at a
 * `seq` was kept, where the spool still knows.
 */
export function knownTwins(
  tables: Tables,
  observedMs: (seq: number) => number | undefined,
  { instance, day, identity, after }: Parameters<EventLookup["twins"]>[0],
): ReturnType<EventLookup["twins"]> {
  const wanted = Buffer.from(identity, "hex");
  const twins: KnownTwin[] = [];
  const add = (ordinal: number, firstSeq: number, count: number, due: boolean) => {
    const observed = observedMs(firstSeq);
    twins.push({ ordinal, firstSeq, count, due, ...(observed === undefined ? {} : { observed }) });
  };
  if (after < 0)
    for (const { row, sound } of tables.ledger.checkedEach(
      `WHERE source IN (SELECT source FROM origin WHERE instance = ?) AND day = ? ORDER BY first_seq`,
      instance,
      day,
    ))
      for (const _ of sound ? placesOf(bufferOf(row.identities), wanted, identityBytes) : [])
        add(twins.length + 1, row.firstSeq, row.count, false);
  const rows = tables.known.checked(
    `WHERE instance = ? AND day = ? AND first_seq > ? ORDER BY first_seq LIMIT ${rowsPerStep}`,
    instance,
    day,
    after,
  );
  for (const { row, sound } of rows) {
    if (!sound) continue;
    const records = bufferOf(row.records);
    for (const at of placesOf(records, wanted, knownBytes))
      add(records.readUInt32LE(at + ordinalAt), row.firstSeq, row.count, row.due === 1);
  }
  const last = rows.length < rowsPerStep ? undefined : rows.at(-1)?.row.firstSeq;
  return { twins, ...(last === undefined ? {} : { after: last }) };
}

/** Where pieces of `size` bytes begin with these. */
function* placesOf(bytes: Buffer, wanted: Buffer, size: number): Generator<number, void> {
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1))
    if (at % size === 0) yield at;
}
