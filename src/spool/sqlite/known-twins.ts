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
    for (const { row, sound } of oldRows(tables, { instance, day }))
      for (const _ of sound ? placesOf(bufferOf(row.identities), wanted, identityBytes) : [])
        add(twins.length + 1, row.firstSeq, row.count, false);
  const { rows, last } = newRows(tables, { instance, day, after });
  for (const { row, sound } of rows) {
    if (!sound) continue;
    const records = bufferOf(row.records);
    for (const at of placesOf(records, wanted, knownBytes))
      add(records.readUInt32LE(at + ordinalAt), row.firstSeq, row.count, row.due === 1);
  }
  return { twins, ...(last === undefined ? {} : { after: last }) };
}

/** The identities of a ledger day, some rows at a time. */
export function knownIdentities(
  tables: Tables,
  question: Parameters<EventLookup["identities"]>[0],
): ReturnType<EventLookup["identities"]> {
  const pieces: Buffer[] = [];
  if (question.after < 0)
    for (const { row, sound } of oldRows(tables, question)) if (sound) pieces.push(bufferOf(row.identities));
  const { rows, last } = newRows(tables, question);
  for (const { row, sound } of rows) {
    const records = sound ? bufferOf(row.records) : Buffer.alloc(0);
    for (let at = 0; at < records.length; at += knownBytes)
      pieces.push(records.subarray(at, at + identityBytes));
  }
  const identities = Buffer.concat(pieces).toString("base64");
  return { identities, ...(last === undefined ? {} : { after: last }) };
}

type LedgerDay = Pick<Parameters<EventLookup["twins"]>[0], "instance" | "day">;

/** Of a state that an old version made. */
function oldRows({ ledger }: Tables, { instance, day }: LedgerDay) {
  return ledger.checkedEach(
    `WHERE source IN (SELECT source FROM origin WHERE instance = ?) AND day = ? ORDER BY first_seq`,
    instance,
    day,
  );
}

/** Those of one step; `last` where there may be more. */
function newRows({ known }: Tables, { instance, day, after }: LedgerDay & { readonly after: number }) {
  const rows = known.checked(
    `WHERE instance = ? AND day = ? AND first_seq > ? ORDER BY first_seq LIMIT ${rowsPerStep}`,
    instance,
    day,
    after,
  );
  return { rows, last: rows.length < rowsPerStep ? undefined : rows.at(-1)?.row.firstSeq };
}

/** Where pieces of `size` bytes begin with these. */
function* placesOf(bytes: Buffer, wanted: Buffer, size: number): Generator<number, void> {
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1))
    if (at % size === 0) yield at;
}
