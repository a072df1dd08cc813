import { mkdtempSync, rmSync } from "node:fs";
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
const kept = () => db.all<{ n: number }>("SELECT n FROM t").map(({ n }) => n);
const full = new SpoolError("full", "no room", "make room");

it("writes a log that has grown large into the database, behind the transaction that it grew in", () => {
  const change = changing(db, () => {});
  change(() => {
    put(1, 20 * 1024 * 1024);
    change(() => put(2));
  });
  expect(db.walBytes()).toBe(0);
  expect(kept()).toEqual([1, 2]);
});

it("tries once more with the room of the log, all of a transaction and never a part of one", () => {
  const change = changing(db, () => {});
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
