import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { commonIdentity } from "../../src/ingest/common-identity.ts";
import { deduplicator } from "../../src/ingest/deduplicate.ts";
import { ledgerIdentity, tailOfDay, uidText } from "../../src/ingest/identity.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { type Entry, entryTime } from "../../src/record/entry.ts";
import { EntryRows } from "../../src/record/entry-rows.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { parseAny, parseEntry } from "../../src/record/parse-entry.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { readRows } from "../../src/source/wandb-log/read-rows.ts";
import { decodeChunk } from "../../src/spool/chunk/chunk-codec.ts";
import { NewRecords } from "../../src/spool/chunk/new-records.ts";
import { unixNanos } from "../../src/time/clock.ts";
import { writtenTexts } from "../record/written-texts.ts";

const instance = "acme.example";
const today = 20_686;

describe("the identity of an ordinary entry", () => {
  const of = (entry: Entry, tail: string) => commonIdentity(entry, entryTime(entry), instance, tail);

  it("is that of its canonical text, and there is none where a value has to be written in another way", () => {
    const entry = parseEntry(
      Buffer.from('{"timestamp":"2026-08-20T00:00:00Z","action":"user:login","actor_email":"a@b"}'),
    ) as Entry;
    const day = Math.floor(Date.UTC(2026, 7, 20) / 86_400_000);
    const identity = of(entry, tailOfDay(day));
    expect(identity).toBe(ledgerIdentity(entry, entryTime(entry), instance));
    expect(of(entry, tailOfDay(day + 1))).not.toBe(identity);
    const wide = parseEntry(Buffer.from('{"action":"é"}')) as Entry;
    expect(of(wide, "")).toBeUndefined();
    expect(of(parseEntry(Buffer.from('{"user_asset":true}')) as Entry, "")).toBeUndefined();
  });

  it("is the same beside any number of keys that say nothing, and after them", () => {
    const identityOf = (more: string) => {
      const entry = parseEntry(
        Buffer.from(`{"timestamp":"2026-08-20T00:00:00Z","action":"user:login"${more}}`),
      ) as Entry;
      return ledgerIdentity(entry, entryTime(entry), instance);
    };
    const alone = identityOf("");
    for (const count of [1, 21, 22, 40, 150, 1_000]) {
      const keys = Array.from({ length: count }, (_, at) => `,"k${at}":null`);
      expect(identityOf(keys.join("")), `${count} keys`).toBe(alone);
      expect(identityOf("")).toBe(alone);
    }
  });

  it("is the hash of what is written here letter by letter, wherever the entry stands in its memory", () => {
    const ids = ["action", "actor_ip", "actor_user_id", "cli_version", "user_asset"];
    const value = fc.string({ unit: fc.constantFrom(..."aZ09-:/. ~"), minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...ids), value), { selector: ([name]) => name }),
        fc.constantFrom(undefined, { seconds: 0, nanos: 7 }, { seconds: 1_787_184_000, nanos: 5e8 }),
        fc.constantFrom("a", "acme.example", "a-much-longer-instance.of.wandb.example"),
        fc.nat(9),
        fc.nat(9),
        (members, time, of, before, behind) => {
          const written = members.map(([name, text]) => `"${name}":"${text}"`);
          const bytes = Buffer.from(`{"timestamp":"whenever"${written.map((each) => `,${each}`).join("")}}`);
          const whole = Buffer.from(new Uint8Array(before + bytes.length + behind).fill(0x61).buffer);
          bytes.copy(whole, before);
          const entry = parseEntry(whole.subarray(before, before + bytes.length)) as Entry;
          const day = time === undefined ? "" : Math.floor(time.seconds / 86_400);
          const at = time === undefined ? "whenever" : unixNanos(time);
          const parts = [...written, `"timestamp":"${at}"`].sort().join(",");
          const content = `${of}\u001f{${parts}}\u001f${day}\u001f1`;
          expect(uidText(ledgerIdentity(entry, time, of))).toBe(hash("sha256", content).slice(0, 32));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('"a"', '"b"', '"a@example.com"', "0", "7", '""', '"0"') },
  writtenTexts,
  fc.constantFrom('"é"', '"\\u0041"', "null", "1.50", "[1, 2]", '{"b":1,"a":2}', `"${"x".repeat(60)}"`),
);
const key = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...knownKeys.filter((name) => name !== "timestamp")) },
  fc.constantFrom("unknown", "action"),
);
const line = fc
  .tuple(
    fc.constantFrom("2026-08-20T00:00:00Z", "2026-08-20T00:00:01.5Z", "2026-08-21T00:00:00Z"),
    fc.array(fc.tuple(key, text), { maxLength: 6 }),
  )
  .map(([time, members]) => {
    const rest = members.map(([name, value]) => `,"${name}":${value}`).join("");
    return `{"timestamp":"${time}","action":"login"${rest}}`;
  });

/** What is kept of some lines, and counted, when they come one by one, or in rows. */
function kept(lines: readonly string[], inRows: boolean, before: number | undefined) {
  const read = ledger({ load: () => [] }).read(new Unfinished());
  const records = deduplicator({ read, instance, stateId: "7", watermark: before });
  const fresh = new NewRecords();
  for (let round = 0; round < 2; round++)
    if (inRows) {
      const rows = new EntryRows();
      if (!readRows(rows, [Buffer.from(lines.map((each) => `${each}\n`).join(""))], 10_000)) return undefined;
      records.keepNew(rows, today, fresh);
    } else
      for (const each of lines) {
        const bytes = Buffer.from(each);
        const record: RawRecord = { bytes, entry: parseAny(bytes) as Entry };
        const found = records.newRecordOf(record, today);
        if (found !== undefined) fresh.add(found);
      }
  read.end();
  for (const found of records.decided(today)) fresh.add(found);
  const chunks = fresh.chunks.map(({ count, bytes, days }) => {
    const observed = { seconds: 1, nanos: 0 };
    const { record: at } = decodeChunk({
      firstSeq: 1,
      count,
      source: "prod",
      observed,
      bytes: Uint8Array.from(bytes),
    });
    const decoded = Array.from({ length: count }, (_, place) => {
      const { uid, day, late, bytes: own } = at(1 + place);
      return { uid, day, late, text: Buffer.from(own).toString() };
    });
    return { decoded, days: [...days] };
  });
  const delta = [...read.takeDelta()].map(([day, bytes]) => [day, bytes.toString("hex")]);
  return { chunks, delta, counts: records.takeCounts(), days: [...fresh.days], newest: fresh.newest };
}

describe("entries in rows", () => {
  it("are kept, counted and known as entries one by one are, whatever is in them", () => {
    const noon = Date.UTC(2026, 7, 20, 12);
    /** Some of a day are late by it, and some are not. */
    const betweenRows = Date.UTC(2026, 7, 20, 0, 15, 1);
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(undefined, noon, betweenRows),
        (lines, before) => {
          const rows = kept(lines, true, before);
          if (rows === undefined) return;
          compared++;
          expect(rows).toEqual(kept(lines, false, before));
        },
      ),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("have the uids of their twins", () => {
    const twin = '{"timestamp":"2026-08-20T00:00:00Z","action":"login"}';
    const rows = kept([twin, twin, twin], true, undefined);
    const uids = rows?.chunks.flatMap(({ decoded }) => decoded.map(({ uid }) => uid)) ?? [];
    expect(new Set(uids).size).toBe(6);
    const entry = parseEntry(Buffer.from(twin)) as Entry;
    expect(uids[0]).toBe(uidText(ledgerIdentity(entry, entryTime(entry), instance)));
  });

  it("have their own identities where known ones are wanted again, whatever is in the kernel", () => {
    const lines = ["a", "bc", "d"].map(
      (action) => `{"timestamp":"2026-08-20T00:00:00Z","action":"${action}"}`,
    );
    const read = ledger({ load: () => [] }).read(new Unfinished());
    const again = { see: () => {} };
    const records = deduplicator({ read, instance, stateId: "7", watermark: undefined, again });
    const fresh = new NewRecords();
    const rows = new EntryRows();
    readRows(rows, [Buffer.from(lines.map((each) => `${each}\n`).join(""))], 10_000);
    // Others that are read in between have their lines in the kernel.
    readRows(new EntryRows(), [Buffer.from(`${lines[2]}\n${lines[1]}\n${lines[0]}\n`)], 10_000);
    records.keepNew(rows, today, fresh);
    read.end();
    const uids = fresh.chunks.flatMap(({ count, bytes }) => {
      const observed = { seconds: 1, nanos: 0 };
      const chunk = decodeChunk({
        firstSeq: 1,
        count,
        source: "prod",
        observed,
        bytes: Uint8Array.from(bytes),
      });
      return Array.from({ length: count }, (_, at) => chunk.record(1 + at).uid);
    });
    const identities = lines.map((each) => {
      const entry = parseAny(Buffer.from(each)) as Entry;
      return uidText(ledgerIdentity(entry, entryTime(entry), instance));
    });
    expect(uids).toEqual(identities);
  });
});
