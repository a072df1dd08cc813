import { createHash } from "node:crypto";
import { isOwn } from "../../src/own/own-origin.ts";
import type { Cursor, ReadDone } from "../../src/record/reading.ts";
import type { NewRecord, SpooledRecord, SpooledRecords } from "../../src/record/record.ts";
import { NewRecords } from "../../src/spool/chunk/new-records.ts";
import type { DeadLetter, SettledCounts, Settlement } from "../../src/spool/spool.ts";
import { type FetchCounts, knownBytes, type LedgerEnd, type Store } from "../../src/spool/store.ts";

/** 2026-08-01 */
export const today = 20_666;
export const dayMs = 86_400_000;

export function uidOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The same as the 16 bytes that they are, each a character. */
export function idOfText(text: string): string {
  return Buffer.from(uidOfText(text), "hex").toString("latin1");
}

/** A record that says its name; `fields` overrule. */
export function record(name: string, fields: Partial<NewRecord> = {}): NewRecord {
  return {
    uid: idOfText(name),
    day: today,
    bytes: Buffer.from(`{"name":"${name}"}`),
    late: false,
    time: { seconds: today * 86_400, nanos: 0 },
    ...fields,
  };
}

/** One of so many bytes, about, that says its name. */
export function largeRecord(name: string, bytes = 100_000): NewRecord {
  return record(name, { bytes: Buffer.from(JSON.stringify({ name, rest: "x".repeat(bytes) })) });
}

/** What records say their names are. */
export function namesOf(records: readonly SpooledRecord[]): string[] {
  return records.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).name);
}

/** Records as ingest hands them to the spool. */
export function newRecords(...records: NewRecord[]): NewRecords {
  const made = new NewRecords();
  for (const each of records) made.add(each);
  return made;
}

/** Keeps records as the ingest loop does: with their identities and balanced counts. */
export function keep(
  spool: Store,
  source: string,
  records: readonly NewRecord[],
  options: { known?: number; at?: number; instance?: string } = {},
): void {
  const { known = 0, at = today * dayMs, instance = acme } = options;
  const known_ = new Map<number, Buffer>();
  const counts = new Map<number, { day: number; fetched: number; known: number }>();
  for (const { uid, day } of records) {
    known_.set(day, Buffer.concat([known_.get(day) ?? Buffer.alloc(0), knownRecord(uid)]));
    const row = counts.get(day) ?? { day, fetched: known, known };
    counts.set(day, { ...row, fetched: row.fetched + 1 });
  }
  spool.append(
    source,
    newRecords(...records),
    { instance, known: known_, counts: [...counts.values()] },
    { seconds: Math.floor(at / 1000), nanos: (at % 1000) * 1e6 },
  );
}

/** The instance of records that are kept without another one. */
export const acme = "acme.example";

/** A record as the ledger keeps it. */
export function knownRecord(identity: string, digest = 0, ordinal = 1): Buffer {
  const bytes = Buffer.alloc(knownBytes);
  bytes.write(identity, identity.length === 32 ? "hex" : "latin1");
  bytes.writeUInt32LE(digest, 16);
  bytes.writeUInt32LE(ordinal, 20);
  return bytes;
}

/** The identities known for a ledger day, in hexadecimal digits, in the order they were kept. */
export function knownIdentities(spool: Store, day: number, instance = acme): string[] {
  return [...spool.known(instance, day)].flatMap(({ form, bytes }) => {
    if (form === "names" || form === "due") return [];
    const size = form === "identities" ? 16 : knownBytes;
    return Array.from({ length: bytes.length / size }, (_, n) =>
      bytes.toString("hex", n * size, n * size + 16),
    );
  });
}

/** The end of a read that brings only counts. */
export function counted(...counts: FetchCounts[]): LedgerEnd {
  return { instance: acme, renamed: new Map(), counts };
}

export function done(next: string, fields: Partial<ReadDone> = {}): ReadDone {
  return {
    next: next as Cursor,
    caughtUp: true,
    covered: { from: today * dayMs, to: (today + 1) * dayMs },
    gaps: [],
    notices: [],
    ...fields,
  };
}

/** Counts for `settle`: `verdict` says what became of each record. */
export function settled(
  records: readonly SpooledRecord[],
  verdict: (record: SpooledRecord) => "delivered" | "filtered" | "dead" = () => "delivered",
): { counts: SettledCounts[]; dead: DeadLetter[] } {
  const rows = new Map<
    string,
    { source: string; day: number; delivered: number; filtered: number; dead: number; resent: number }
  >();
  const dead: DeadLetter[] = [];
  for (const found of records) {
    const key = `${found.source} ${found.day}`;
    const { source, day } = found;
    const row = rows.get(key) ?? { source, day, delivered: 0, filtered: 0, dead: 0, resent: 0 };
    rows.set(key, row);
    row[verdict(found)]++;
    if (verdict(found) === "dead")
      dead.push({ record: found, reason: "bad_event", detail: "refused", at: 1 });
  }
  return { counts: [...rows.values()], dead };
}

/** A settlement of the run alone. */
export function move(
  through: number,
  counts: readonly SettledCounts[],
  dead: readonly DeadLetter[] = [],
  suspects: readonly DeadLetter[] = [],
): Settlement {
  return { through, counts, dead, suspects, done: [] };
}

export const all = { events: 1e9, bytes: 1e12 };

/** What is of W&B among them, and not of this program itself. */
export function ofSources(records: readonly SpooledRecord[]): SpooledRecord[] {
  return records.filter((record) => !isOwn(record));
}

/** What this program tells of itself among them, read. */
export function ofOurs(records: readonly SpooledRecord[]) {
  return records.filter(isOwn).map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()));
}

/** Delivers everything that waits for `output`, our own events too; gives back what is of W&B. */
export function drain(spool: Store, output: string): SpooledRecord[] {
  const records = spool.read(spool.standing(output).position, all);
  const { counts, dead } = settled(records);
  const last = records.at(-1);
  if (last !== undefined) spool.settle(output, move(last.seq, counts, dead));
  return ofSources(records);
}

/** Each of them. */
export function everyOne(records: SpooledRecords): SpooledRecord[] {
  return Array.from({ length: records.length }, (_, at) => records.at(at) as SpooledRecord);
}
