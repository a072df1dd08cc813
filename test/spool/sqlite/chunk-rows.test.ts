import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewRecord } from "../../../src/record/record.ts";
import { segmentMemory } from "../../../src/spool/segment/segment-memory.ts";
import { ChunkRows, chunkTable } from "../../../src/spool/sqlite/chunk-rows.ts";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { migrate } from "../../../src/spool/sqlite/migrate.ts";
import type { Store } from "../../../src/spool/store.ts";
import {
  acme,
  all,
  drain,
  keep,
  knownIdentities,
  knownRecord,
  largeRecord,
  namesOf,
  newRecords,
  ofSources,
  record,
  today,
} from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const names = (spool: Store) => namesOf(ofSources(spool.read(0, all)));

/** Fails when the records are written already. */
function appendFailing(spool: Store, failing: NewRecord): void {
  const records = newRecords(failing);
  Object.defineProperty(records, "active", {
    get() {
      throw new Error("in the midst of it");
    },
  });
  const counts = [{ day: today, fetched: 1, known: 0 }];
  const known = new Map([[today, knownRecord(failing.uid)]]);
  spool.append("prod", records, { instance: acme, known, counts }, { seconds: 1, nanos: 0 });
}

const segmentsIn = () => readdirSync(state.path).filter((name) => name.startsWith("records-"));

function overwrite(name: string, at: number, text: string): void {
  state.close();
  const handle = openSync(state.file(name), "r+");
  writeSync(handle, Buffer.from(text), 0, text.length, at);
  closeSync(handle);
}

it("many bytes lie in a segment and not in the database, few in their row", () => {
  const spool = state.open();
  keep(spool, "prod", [record("few")]);
  keep(spool, "prod", [largeRecord("many")]);
  expect(names(spool)).toEqual(["few", "many"]);
  expect(names(state.open())).toEqual(["few", "many"]);
  const rows = state.inDatabase((db) =>
    db.prepare("SELECT length(bytes) AS bytes, segment, size FROM chunk ORDER BY first_seq").all(),
  );
  expect(rows).toMatchObject([
    { bytes: expect.any(Number), segment: null, size: null },
    { bytes: 0, segment: 1, size: statSync(state.file("records-000001")).size },
  ]);
  expect(readFileSync(state.file("spool.db")).includes("xxxxxxxx")).toBe(false);
});

it("what lies in segments counts in the limit, and is looked for by uid as all else", () => {
  const spool = state.open();
  const before = spool.usage().bytes;
  keep(spool, "prod", [largeRecord("many", 1_000_000)]);
  expect(spool.usage().bytes - before).toBeGreaterThan(1_000_000);
  const { uid } = spool.read(0, all)[0] as { uid: string };
  expect(spool.events.scan({ uid, before: spool.head() + 1 }).record?.uid).toBe(uid);
  expect(
    Buffer.from(spool.events.uids({ before: spool.head() + 1 }).uids, "base64").toString("hex"),
  ).toContain(uid);
});

it("what is rolled back leaves nothing in the segment, and no hole", () => {
  const spool = state.open();
  keep(spool, "prod", [largeRecord("a")]);
  const { size } = statSync(state.file("records-000001"));
  expect(() => appendFailing(spool, largeRecord("b"))).toThrow("in the midst of it");
  expect(statSync(state.file("records-000001")).size).toBe(size);
  keep(spool, "prod", [largeRecord("c")]);
  expect(names(state.open())).toEqual(["a", "c"]);
});

it("files go when nothing in them is waited for, also after a start", () => {
  const spool = state.open({ keepDelivered: 0 });
  for (let at = 0; at < 5; at++) keep(spool, "prod", [largeRecord(`${at}`, 4_000_000)]);
  expect(segmentsIn()).toEqual(["records-000001", "records-000002", "records-000003"]);
  drain(spool, "siem");
  while (spool.prune(state.clock.now() + 1) > 0);
  expect(segmentsIn()).toEqual(["records-000003"]);
  expect(spool.usage().bytes).toBeLessThan(1_000_000);
  // A crash may have come between the end of the transaction and the removal.
  keep(spool, "prod", [largeRecord("next")]);
  state.close();
  overwrite("records-000003", 0, "");
  writeSegment("records-000001");
  writeSegment("records-000009");
  expect(names(state.open())).toEqual(["next"]);
  expect(segmentsIn()).toEqual(["records-000003"]);
});

function writeSegment(name: string): void {
  closeSync(openSync(state.file(name), "w", 0o600));
}

it("are the records that were kept, whatever was kept, rolled back, delivered, removed and started again", () => {
  const step = fc.record({
    size: fc.oneof(fc.nat(100), fc.nat(9_000), fc.nat(70_000)),
    what: fc.constantFrom("keep", "roll back", "deliver", "start"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const own = new SpoolDirectory();
      try {
        let spool = own.open({ keepDelivered: 0 });
        let waiting: string[] = [];
        let number = 0;
        for (const { size, what } of steps) {
          const name = `${++number}`;
          if (what === "roll back") expect(() => appendFailing(spool, largeRecord(name, size))).toThrow();
          else {
            keep(spool, "prod", [largeRecord(name, size)]);
            waiting.push(name);
          }
          if (what === "deliver") {
            expect(namesOf(drain(spool, "siem"))).toEqual(waiting);
            waiting = [];
            while (spool.prune(own.clock.now() + 1) > 0);
          } else if (what === "start") spool = own.open({ keepDelivered: 0 });
        }
        expect(namesOf(drain(own.open({ keepDelivered: 0 }), "siem"))).toEqual(waiting);
        expect(own.damage).toEqual([]);
      } finally {
        own.remove();
      }
    }),
    { numRuns: 15 },
  );
});

describe("a segment that was changed on disk", () => {
  const three = () => {
    const spool = state.open();
    for (const name of ["a", "b", "c"]) keep(spool, "prod", [largeRecord(name)]);
  };

  it("never gives other records than were written: what is there is set aside, and read again", () => {
    three();
    overwrite("records-000001", 100_200 + 300, "y");
    const spool = state.open();
    expect(names(spool)).toEqual(["a", "c"]);
    expect(spool.damage()).toMatchObject([{ firstSeq: 2, count: 1, reason: "records were changed on disk" }]);
    expect(knownIdentities(spool, today)).toHaveLength(2);
    const aside = state.inDatabase((db) => db.prepare("SELECT first_seq, bytes FROM damaged_chunk").all());
    expect(aside).toHaveLength(1);
    expect(Buffer.from(aside[0]?.bytes as Uint8Array).includes("xyx")).toBe(true);
  });

  it("goes with the next prune where all that was in it is set aside, whether that removes more or not", () => {
    const spool = state.open();
    for (let at = 0; at < 3; at++) keep(spool, "prod", [largeRecord(`${at}`, 4_000_000)]);
    overwrite("records-000001", 0, "X");
    overwrite("records-000001", 4_500_000, "X");
    const reopened = state.open();
    expect(names(reopened)).toEqual(["2"]);
    expect(reopened.prune(state.clock.now())).toBe(0);
    expect(segmentsIn()).toEqual(["records-000002"]);
    expect(names(reopened)).toEqual(["2"]);
  });

  it("that is gone costs what was in it, and nothing else", () => {
    three();
    keep(state.open(), "prod", [record("few")]);
    state.close();
    rmSync(state.file("records-000001"));
    const spool = state.open();
    expect(names(spool)).toEqual(["few"]);
    expect(spool.damage()).toHaveLength(3);
    keep(spool, "prod", [largeRecord("d")]);
    expect(names(state.open())).toEqual(["few", "d"]);
  });

  it.each([
    "segment = NULL, start = NULL, size = NULL, crc = NULL",
    "start = start + 1",
    "segment = 7",
    "crc = 1",
  ])("is noticed by the row where that was changed: %s", (change) => {
    three();
    state.inDatabase((db) => db.exec(`UPDATE chunk SET ${change} WHERE first_seq = 3`));
    const spool = state.open();
    expect(names(spool)).toEqual(["a", "b"]);
    expect(spool.damage()).toMatchObject([{ firstSeq: 3, count: 1 }]);
  });

  it("costs one chunk where a row says a number that no segment ever has", () => {
    three();
    state.inDatabase((db) => db.exec("UPDATE chunk SET segment = 9007199254740991 WHERE first_seq = 3"));
    const spool = state.open();
    for (const name of ["d", "e"]) keep(spool, "prod", [largeRecord(name, 9_000_000)]);
    expect(names(spool)).toEqual(["a", "b", "d", "e"]);
    expect(names(state.open())).toEqual(["a", "b", "d", "e"]);
    expect(segmentsIn()).toEqual(["records-000001", "records-000002", "records-000003"]);
  });

  it("is kept whole where only the index says that it is of no use", () => {
    const spool = state.open();
    for (const name of ["a", "b", "c", "d"]) keep(spool, "prod", [largeRecord(name, 5_000_000)]);
    state.inDatabase((db) => {
      const index = "CREATE INDEX chunk_segment ON chunk (segment, start, size) WHERE";
      db.exec(`DROP INDEX chunk_segment; ${index} segment < 2`);
      db.enableDefensive(false);
      db.exec(`PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = '${index} segment IS NOT NULL' WHERE name = 'chunk_segment'`);
    });
    expect(names(state.open())).toEqual(["a", "b", "c", "d"]);
    expect(state.damage).toMatchObject([
      { count: 0, reason: expect.stringContaining("no row of it was lost") },
    ]);
  });

  it("is kept whole by a rebuild of the database", () => {
    three();
    state.inDatabase((db) => db.exec("UPDATE book SET new = 7"));
    const spool = state.open();
    expect(state.damage.length).toBeGreaterThan(0);
    expect(names(spool)).toEqual(["a", "b", "c"]);
    expect(names(state.open())).toEqual(["a", "b", "c"]);
  });
});

it("are set aside with a state that is lost", () => {
  keep(state.open(), "prod", [largeRecord("a")]);
  state.close();
  rmSync(state.file("spool.db"));
  rmSync(state.file("spool.db-wal"), { force: true });
  expect(() => state.open()).toThrow(/held state/);
  const spool = state.open({ acceptStateLoss: true });
  expect(names(spool)).toEqual([]);
  keep(spool, "prod", [largeRecord("b")]);
  expect(segmentsIn()).toEqual([
    expect.stringMatching(/^records-000001$/),
    expect.stringMatching(/^records-000001\.lost-/),
  ]);
});

it("are never taken for a first start: nothing says that they are of no use", () => {
  keep(state.open(), "prod", [largeRecord("a")]);
  state.close();
  for (const name of readdirSync(state.path)) if (!name.startsWith("records-")) rmSync(state.file(name));
  expect(() => state.open()).toThrow(/held state, but the database is missing/);
  expect(segmentsIn()).toEqual(["records-000001"]);
  expect(names(state.open({ acceptStateLoss: true }))).toEqual([]);
  expect(segmentsIn()).toEqual([expect.stringMatching(/^records-000001\.lost-/)]);
});

it("lets nothing go in the midst of a transaction, whose end may bring it back", () => {
  const db = database(inMemory, { maxBytes: 1e9 });
  migrate(db);
  const table = chunkTable(db);
  const rows = new ChunkRows(db, table, segmentMemory());
  const bytes = new Uint8Array(10_000).fill(7);
  const times = { observedSeconds: 1, observedNanos: 0 };
  db.transaction(() => rows.put({ firstSeq: 1, count: 1, source: "prod", ...times, days: "{}", bytes }));
  expect(() =>
    db.transaction(() => {
      rows.remove(1, 1);
      rows.load();
      throw new Error("taken back");
    }),
  ).toThrow("taken back");
  const [row] = table.rows();
  expect(row && rows.bytesOf(row)).toEqual(bytes);
});

it("tell whether a segment goes with what is taken out", () => {
  const db = database(inMemory, { maxBytes: 1e9 });
  migrate(db);
  const rows = new ChunkRows(db, chunkTable(db), segmentMemory());
  const put = (firstSeq: number, size: number) =>
    db.transaction(() =>
      rows.put({
        ...{ firstSeq, count: 10, source: "prod", observedSeconds: 1, observedNanos: 0, days: "{}" },
        bytes: new Uint8Array(size),
      }),
    );
  put(1, 10);
  expect(rows.freesSegment(10)).toBe(false);
  // In memory each is one of its own.
  put(11, 10_000);
  put(21, 10);
  put(31, 10_000);
  expect([0, 10, 19, 20, 35, 40].map((seq) => rows.freesSegment(seq))).toEqual([
    ...[false, false, false],
    ...[true, true, true],
  ]);
  rows.remove(1, 20);
  expect([20, 39, 40].map((seq) => rows.freesSegment(seq))).toEqual([false, false, true]);
});
