import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, it } from "vitest";
import { acme, keep, knownRecord, newRecords, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const state = new SpoolDirectory();
afterEach(() => state.remove());

it("a chunk has 1.25 MiB or 8,192 records at most: whoever reads one makes objects of all", () => {
  const spool = state.open();
  keep(
    spool,
    "prod",
    Array.from({ length: 9_000 }, (_, at) => record(`${at}`)),
  );
  const large = Array.from({ length: 3 }, (_, at) => record(`large ${at}`, { bytes: Buffer.alloc(700_000) }));
  keep(spool, "prod", large);
  state.close();
  const db = new DatabaseSync(state.file("spool.db"), { readOnly: true });
  const counts = db.prepare("SELECT count FROM chunk ORDER BY first_seq").all();
  db.close();
  expect(counts.map(({ count }) => count)).toEqual([8192, 808, 1, 1, 1]);
});

it("a chunk is the same from memory, where it was kept just now, and from the disk", () => {
  const spool = state.open();
  const kept: [string, number][] = [
    ["of some bytes", 10],
    ["that lies in a segment", 5_000],
    ["whose memory is given away", 400_000],
  ];
  for (const [name, size] of kept)
    keep(spool, "prod", [record(name, { bytes: Buffer.alloc(size, "x") }), record(`${name} too`)]);
  let after = 0;
  for (let at = 0; at < kept.length; at += 1) {
    const [fromMemory, fromDisk] = [spool.chunk(after), spool.chunk(after)];
    expect(fromMemory).toMatchObject({ firstSeq: after + 1, count: 2, source: "prod" });
    expect(fromDisk).toEqual(fromMemory);
    expect(fromDisk?.bytes.buffer).not.toBe(fromMemory?.bytes.buffer);
    after += 2;
  }
  expect(spool.chunk(after)).toBeUndefined();
});

it("what a failed append has written is not handed over, also where another came at its place", () => {
  const spool = state.open();
  // Kept after the chunk, in the same transaction, and of a day that cannot be.
  const known = new Map([[Number.NaN, knownRecord(uidOfText("lost"))]]);
  const counts = [{ day: today, fetched: 1, known: 0 }];
  const observed = { seconds: 1, nanos: 0 };
  const failing = () =>
    spool.append("prod", newRecords(record("lost")), { instance: acme, known, counts }, observed);
  expect(failing).toThrow();
  expect(spool.head()).toBe(0);
  keep(spool, "prod", [record("kept")]);
  expect(Buffer.from(spool.chunk(0)?.bytes ?? []).toString()).toContain("kept");
});

it("what is read in this thread is not waited for", async () => {
  const spool = state.open();
  const never = new AbortController().signal;
  const large = (at: number) => record(`${at}`, { bytes: Buffer.alloc(1_000_000, "x") });
  keep(
    spool,
    "prod",
    Array.from({ length: 6 }, (_, at) => large(at)),
  );
  const before = state.clock.monotonic();
  await spool.letTake(never);
  expect(state.clock.monotonic()).toBeGreaterThan(before);
  for (let after = 0; after < 6; after += 1)
    expect(spool.read(after, { events: 1, bytes: 1 })).toHaveLength(1);
  const read = state.clock.monotonic();
  await spool.letTake(never);
  expect(state.clock.monotonic()).toBe(read);
});
