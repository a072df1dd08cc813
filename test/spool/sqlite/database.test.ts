import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";

function withTable() {
  const db = database(inMemory, { maxBytes: 1e9 });
  db.exec("CREATE TABLE t (n INTEGER)");
  return db;
}
const count = (db: ReturnType<typeof withTable>) =>
  db.get<{ count: number }>("SELECT count(*) AS count FROM t")?.count;

it("does what comes before a commit once for each, behind all of the work", () => {
  const db = withTable();
  const seen: (number | undefined)[] = [];
  db.beforeCommit(() => seen.push(count(db)));
  db.transaction(() => {
    db.run("INSERT INTO t VALUES (1)");
    db.transaction(() => db.run("INSERT INTO t VALUES (2)"));
  });
  expect(seen).toEqual([2]);
  expect(() =>
    db.transaction(() => {
      throw new Error("no commit");
    }),
  ).toThrow("no commit");
  expect(seen).toEqual([2]);
});

it("commits nothing where that fails, and nothing more where the disk may have lost what it was given", () => {
  const db = withTable();
  let failing: SpoolError | undefined = new SpoolError("full", "no room", "make room");
  db.beforeCommit(() => {
    if (failing !== undefined) throw failing;
  });
  const insert = () => db.transaction(() => db.run("INSERT INTO t VALUES (1)"));
  expect(insert).toThrow("no room");
  expect(count(db)).toBe(0);
  failing = undefined;
  insert();
  failing = new SpoolError("io", "fdatasync failed", "see dmesg");
  expect(insert).toThrow("fdatasync failed");
  expect(db.broken()).toBe(failing);
  failing = undefined;
  expect(insert).toThrow("fdatasync failed");
});

it("leaves no query open behind whoever does not want all of its rows", () => {
  const folder = mkdtempSync(join(tmpdir(), "database-"));
  try {
    const db = database(join(folder, "spool.db"), { maxBytes: 1e9 });
    db.exec("CREATE TABLE t (n INTEGER)");
    for (let n = 0; n < 9; n++) db.run("INSERT INTO t VALUES (?)", n);
    const wanted = () => {
      for (const { n } of db.each<{ n: number }>("SELECT n FROM t")) if (n === 3) throw new Error("not this");
    };
    expect(wanted).toThrow("not this");
    for (const { n } of db.each<{ n: number }>("SELECT n FROM t")) if (n === 3) break;
    db.checkpoint();
    expect([db.walBytes(), db.broken()]).toEqual([0, undefined]);
    db.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
