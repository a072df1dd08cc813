import { truncateSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, it } from "vitest";
import { ownSource } from "../../../src/own/own-origin.ts";
import type { EncodedChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { acme, keep, newRecords, record, today } from "../../fake/records.ts";
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

const text = (chunk: EncodedChunk | undefined) => Buffer.from(chunk?.bytes ?? []).toString("latin1");

it("who has everything gets the next chunk as it was written: the same as on disk, which is not read for it", () => {
  const spool = state.open();
  const large = record("large", { bytes: Buffer.alloc(10_000, "a") });
  keep(spool, "prod", [large]);
  expect(text(spool.chunk(0))).toContain("aaa");
  expect(spool.chunk(1)).toBeUndefined();
  keep(spool, "prod", [large, record("small")]);
  truncateSync(state.file("records-000001"), 0);
  const fresh = spool.chunk(1);
  expect(fresh).toMatchObject({ firstSeq: 2, count: 2, source: "prod" });
  expect(text(fresh)).toContain("aaa");
  // Who asks once more is not whom it was kept for.
  expect(spool.chunk(1)?.source).toBe(ownSource);
  expect(state.damage).toEqual([expect.objectContaining({ count: 2 })]);
});

it("nobody gets what was taken back", () => {
  const spool = state.open();
  expect(spool.chunk(0)).toBeUndefined();
  const known = new Map([[today, { length: 24 } as Buffer]]);
  const counts = [{ day: today, fetched: 1, known: 0 }];
  const observed = { seconds: 1, nanos: 0 };
  expect(() =>
    spool.append("prod", newRecords(record("lost")), { instance: acme, known, counts }, observed),
  ).toThrow();
  expect(spool.head()).toBe(0);
  keep(spool, "prod", [record("kept")]);
  expect(text(spool.chunk(0))).toMatch(/kept/);
});
