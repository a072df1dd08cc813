import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { type Database, database } from "../../../src/spool/sqlite/database.ts";
import { changing } from "../../../src/spool/sqlite/transactions.ts";

let folder: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "transactions-"));
  db = database(join(folder, "spool.db"), { maxBytes: 1e9 });
  db.exec("CREATE TABLE t (n INTEGER, bytes BLOB)");
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const put = (n: number, size = 1) => db.run("INSERT INTO t VALUES (?, ?)", n, new Uint8Array(size));
const MiB = 1024 * 1024;
/** How many are in the file of the database, without its log. */
function copied(): number {
  const path = join(folder, "copy.db");
  copyFileSync(join(folder, "spool.db"), path);
  const copy = database(path, { maxBytes: 1e9 });
  try {
    return copy.all("SELECT n FROM t").length;
  } finally {
    copy.close();
  }
}
const kept = () => db.all<{ n: number }>("SELECT n FROM t").map(({ n }) => n);
const full = new SpoolError("full", "no room", "make room");

it("writes a log that has grown large into the database, behind the transaction that it grew in", () => {
  const change = changing(db, () => {}, 1024 * MiB);
  change(() => {
    put(1, 30 * MiB);
    change(() => put(2));
  });
  expect(db.walBytes()).toBe(0);
  expect(kept()).toEqual([1, 2]);
});

it("writes over the file of the log once that is large, and into the database each time it comes to the end", () => {
  const change = changing(db, () => {}, 1024 * MiB);
  const sizes = Array.from({ length: 100 }, (_, n) => {
    change(() => put(n, MiB));
    return db.walBytes();
  });
  expect(sizes[20]).toBeGreaterThan(16 * MiB);
  expect(Math.max(...sizes)).toBeLessThan(24 * MiB);
  expect(new Set(sizes.slice(20)).size).toBeLessThan(10);
  // All but what the log holds is in the database.
  const others = copied();
  expect(others).toBeGreaterThan(75);
  expect(kept()).toHaveLength(100);
  change(() => put(100, 30 * MiB));
  expect(db.walBytes()).toBe(0);
});

it("keeps the file of the log small beside a small room", () => {
  const change = changing(db, () => {}, 64 * MiB);
  const sizes = Array.from({ length: 30 }, (_, n) => {
    change(() => put(n, MiB / 2));
    return db.walBytes();
  });
  expect(sizes[20]).toBeGreaterThan(4 * MiB);
  expect(Math.max(...sizes)).toBeLessThan(6 * MiB);
  expect(kept()).toHaveLength(30);
});

it("tries once more with the room of the log, all of a transaction and never a part of one", () => {
  const change = changing(db, () => {}, 1024 * MiB);
  let tries = 0;
  change(() => {
    put(1);
    change(() => {
      put(2);
      if (++tries === 1) throw full;
    });
  });
  expect(tries).toBe(2);
  expect(kept()).toEqual([1, 2]);
  expect(db.broken()).toBeUndefined();
});
