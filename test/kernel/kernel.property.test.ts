import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryEvent } from "../../src/event/entry-event.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { deduplicator } from "../../src/ingest/deduplicate.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { learnt } from "../../src/layout/learnt.ts";
import { canonicalEntry } from "../../src/record/canonical-entry.ts";
import { type Entry, entryTime } from "../../src/record/entry.ts";
import { EntryRows } from "../../src/record/entry-rows.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { parseAny } from "../../src/record/parse-entry.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import { RecordInPlace } from "../../src/record/record-in-place.ts";
import { readRows } from "../../src/source/wandb-log/read-rows.ts";
import { decodeChunk } from "../../src/spool/chunk/chunk-codec.ts";
import { NewRecords } from "../../src/spool/chunk/new-records.ts";
import { Writer } from "../../src/text/writer.ts";
import { origin } from "../format/arbitrary-event.ts";
import { encoders } from "../layout/encoders.ts";

const today = 20_686;
const newline = Buffer.from("\n");

/** Rows as they are used again and again, and what they have in the kernel. */
const pool = [new EntryRows(), new EntryRows()];
const elsewhere = Buffer.from('{"timestamp":"2026-08-20T09:00:00Z","action":"user:elsewhere"}\n');
/** Outputs that share a thread, each with events and layouts of its own. */
const outputs = ["hec json", "syslog cef rfc5424 octet_counting", "otlp protobuf, original true", "ecs"].map(
  (name) => {
    const encode = encoders.get(name) as NonNullable<ReturnType<typeof encoders.get>>;
    return { name, encode, write: learnt(encode), regular: new RegularEvent() };
  },
);

/** What is hashed of it, from the scanner of all entries and the canonical text. */
function slowIdentity(bytes: Buffer): string {
  const entry = parseAny(bytes) as Entry;
  const time = entryTime(entry);
  const day = time === undefined ? "" : Math.floor(time.seconds / 86_400);
  const content = `${origin.instance}\u001f${canonicalEntry(entry, time)}\u001f${day}\u001f1`;
  return hash("sha256", content).slice(0, 32);
}

/** What an output makes of it without the kernel. */
function slowPayload(encode: (typeof outputs)[number]["encode"], record: SpooledRecord): Buffer {
  const into = new Writer();
  encode(entryEvent(parseAny(Buffer.from(record.bytes)) as Entry, { ...record, origin }), into);
  return into.written();
}

/** How many of the lines went the usual way: as a row, and as the events of all outputs. */
interface Usual {
  rows: number;
  events: number;
}

/** Takes a passage from its bytes to what outputs send of it, and looks at everything on the way. */
function travels(lines: readonly Buffer[], cut: number, usual: Usual): void {
  const body = Buffer.concat(lines.flatMap((line) => [line, newline]));
  const at = cut % (body.length + 1);
  const [rows, others] = cut % 2 === 0 ? pool : [...pool].reverse();
  if (rows === undefined || others === undefined) throw new Error("there are two");
  expect(readRows(rows, [body.subarray(0, at), body.subarray(at)], body.length)).toBe(true);
  // Somebody else's come in between, as another source's may.
  expect(readRows(others, [elsewhere], 100)).toBe(true);
  usual.rows += rows.bases.subarray(0, rows.count).filter((base) => base !== -1).length;
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const options = { read, instance: origin.instance, stateId: "7", watermark: undefined };
  const records = deduplicator(options);
  const fresh = new NewRecords();
  records.keepNew(rows, today, fresh);
  read.end();
  for (const found of records.decided(today)) fresh.add(found);
  const kept = fresh.chunks.flatMap(({ count, bytes }) => delivered(Uint8Array.from(bytes), count, usual));
  const texts = (all: readonly Buffer[]) => all.map((line) => line.toString("latin1")).sort();
  expect(texts(kept.map(({ bytes }) => bytes))).toEqual(texts(lines));
  const uids = kept.map(({ uid }) => uid);
  expect(new Set(uids).size).toBe(uids.length);
  // The first of twins has the identity itself.
  for (const identity of new Set(lines.map(slowIdentity))) expect(uids).toContain(identity);
}

function delivered(bytes: Uint8Array<ArrayBuffer>, count: number, usual: Usual) {
  const observed = { seconds: 1_787_300_000 + count, nanos: 7 };
  const chunk = decodeChunk({ firstSeq: 1, count, source: "prod", observed, bytes });
  const place = new RecordInPlace();
  return Array.from({ length: count }, (_, at) => {
    const record = chunk.record(at + 1);
    for (const { name, encode, write, regular } of outputs) {
      // Now where it lies, now as one that has memory of its own.
      chunk.look(at + 1, place);
      if (!regular.read((at + name.length) % 5 === 0 ? record : place, origin)) continue;
      usual.events += 1;
      const fast = new Writer();
      write(regular, fast);
      const same = fast.written().equals(slowPayload(encode, record));
      if (!same) expect(fast.toText(), name).toBe(slowPayload(encode, record).toString());
    }
    return { uid: record.uid, bytes: Buffer.from(record.bytes) };
  });
}

/** Around what is looked at or copied at once. */
const sizes = [0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 150, 1_000];
const text = fc
  .tuple(fc.constantFrom(...sizes), fc.constantFrom("a", "Zz", "é", "\u007f", "0=|x]"), fc.nat(99))
  .map(([size, filler, other]) => `"${filler.repeat(size).slice(0, size)}${other}"`);
const escaped = fc
  .tuple(
    fc.constantFrom(...sizes),
    fc.constantFrom('\\"', "\\\\", "\\n", "\\u0041"),
    fc.constantFrom("", "b"),
  )
  .map(([size, code, end]) => `"${"a".repeat(size)}${code}${end}"`);
const id = fc.constantFrom("0", "7", "12", '"QXJ0"', "123456789012345", "1234567890123456", "null", '""');
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  response_code: fc.constantFrom("200", "403", '"200"'),
  actor_ip: fc.constantFrom('"10.0.0.1"', '"203.0.113.77"', '"2001:db8::1"', '"?"', '""'),
  audit_log_error: fc.constantFrom('""', '""', '"lost"'),
};
const valuesOf = (key: string) => {
  if (key.endsWith("_asset") || key === "actor_user_id") return id;
  const name = fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: escaped });
  return values[key] ?? (key.endsWith("_name") ? name : text);
};
const rest = knownKeys.filter((key) => key !== "timestamp" && key !== "action");
/** Few sets of keys, so that kinds come again. */
const sets = [
  ["actor_user_id", "actor_email", "actor_ip", "response_code", "cli_version"],
  ["report_name", "report_asset", "project_name", "user_asset", "user_email"],
  ["artifact_digest", "artifact_asset", "entity_name", "entity_asset"],
  [],
  rest,
];
const line = fc
  .constantFrom(...sets)
  .chain((keys) =>
    fc.tuple(
      fc.nat(3),
      fc.constantFrom("user:login", "report:read", "x:y"),
      fc.tuple(...keys.map((key) => valuesOf(key).map((value) => `,"${key}":${value}`))),
      fc.constantFrom("", "", "", "", "", "", "", "", ',"unknown":1', " "),
    ),
  )
  .map(([second, action, members, more]) =>
    Buffer.from(
      `{"timestamp":"2026-08-20T10:00:0${second}Z","action":"${action}"${members.join("")}${more}}`,
    ),
  );

/** A line of so many bytes. */
function lineOf(size: number, key: string, filler: string, more = ""): Buffer {
  const start = `{"timestamp":"2026-08-20T10:00:00Z","action":"user:login","${key}":"`;
  const end = `"${more}}`;
  const length = size - start.length - end.length;
  // No escape is cut.
  const value = filler.repeat(Math.floor(length / filler.length)).padEnd(length, "a");
  return Buffer.from(start + value + end);
}

describe("what goes through the kernel", () => {
  it("is known, kept and sent as what does not, one passage after the other", () => {
    const usual = { rows: 0, events: 0 };
    fc.assert(
      fc.property(fc.array(line, { minLength: 8, maxLength: 40 }), fc.nat(), (lines, cut) =>
        travels(lines, cut, usual),
      ),
      { numRuns: 60 },
    );
    expect(usual.rows).toBeGreaterThan(300);
    expect(usual.events).toBeGreaterThan(500);
  });

  it("may be as large as there is room, and more", () => {
    const usual = { rows: 0, events: 0 };
    for (const size of [16_383, 16_384, 16_385, 65_508, 65_509, 65_510, 65_535, 65_536, 65_537, 140_000])
      for (const [key, filler] of [
        ["cli_version", "x"],
        ["project_name", '\\"'],
        ["actor_email", "x"],
      ] as const) {
        const small = lineOf(200, key, "s");
        travels(
          [small, lineOf(size, key, filler), lineOf(201, key, "s", ',"response_code":200')],
          size,
          usual,
        );
      }
    expect(usual.events).toBeGreaterThan(100);
  });

  it.each([262_143, 262_144, 262_145])("may come in a passage of %d bytes", (size) => {
    const usual = { rows: 0, events: 0 };
    const few = Array.from({ length: 3 }, (_, at) => lineOf(65_400 + at, "cli_version", "x"));
    const most = few.reduce((sum, { length }) => sum + length + 1, 0);
    travels([...few, lineOf(size - most - 1, "cli_version", "y")], size, usual);
    expect(usual.rows).toBe(size > 262_144 ? 0 : 4);
  });
});
