import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrations } from "../../../src/spool/migrations/all.ts";
import { isOfEarlierVersion } from "../../../src/spool/sqlite/at-rest.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "version-at-rest-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(version: number): Buffer {
  const db = new DatabaseSync(join(folder, "spool.db"));
  db.exec(`PRAGMA user_version = ${version}`);
  db.close();
  return readFileSync(join(folder, "spool.db"));
}

it("tells whose version a state is, and leaves it as it is", () => {
  const before = written(migrations.length - 1);
  expect(isOfEarlierVersion(folder)).toBe(true);
  expect(readFileSync(join(folder, "spool.db"))).toEqual(before);
  expect(readdirSync(folder)).toEqual(["spool.db"]);
  written(migrations.length);
  expect(isOfEarlierVersion(folder)).toBe(false);
  written(migrations.length + 1);
  expect(() => isOfEarlierVersion(folder)).toThrow("was written by a newer version of this program");
});

it("knows nothing of a state that is not there, that is empty or damaged, or that a process has open", () => {
  expect(isOfEarlierVersion(folder)).toBe(false);
  written(0);
  expect(isOfEarlierVersion(folder)).toBe(false);
  written(1);
  writeFileSync(join(folder, "spool.db-wal"), "something");
  expect(isOfEarlierVersion(folder)).toBe(false);
  rmSync(join(folder, "spool.db-wal"));
  writeFileSync(join(folder, "spool.db"), Buffer.alloc(8_192));
  expect(isOfEarlierVersion(folder)).toBe(false);
});
