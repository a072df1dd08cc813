import { afterEach, beforeEach, expect, it } from "vitest";
import { migrations } from "../../../src/spool/migrations/all.ts";
import { type Database, database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { daysBefore, dropPieces, type OldDay } from "../../../src/spool/sqlite/old-days.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import { knownRecord } from "../../fake/records.ts";

let db: Database;
beforeEach(() => {
  db = database(inMemory, { maxBytes: 1e9 });
  for (const sql of migrations) db.exec(sql);
});
afterEach(() => db.close());

function know(instance: string, day: number, pieces = 1): void {
  const records = knownRecord("a".repeat(32));
  for (let firstSeq = 1; firstSeq <= pieces; firstSeq++)
    tablesOf(db).known.put({ instance, day, firstSeq, count: 1, due: 0, records });
}

const found = (before: number) =>
  [...daysBefore(db, before)].map(({ table, instance, day }) => `${table} ${instance} ${day}`);

it("finds the days of every instance that are older, in every table, and none without a date", () => {
  for (const day of [-2, -1, 3, 9, 10]) know("acme", day, 3);
  know("other", 4);
  const { knownName, ledger, source, origin } = tablesOf(db);
  knownName.put({ instance: "acme", day: 5, part: 0, records: Buffer.alloc(0) });
  for (const name of ["prod", "bare", "unknown"])
    ledger.put({ source: name, day: 6, firstSeq: 1, count: 1, identities: Buffer.alloc(16) });
  for (const name of ["prod", "bare"])
    source.put({ name, cursor: null, watermark: null, lastSuccess: null, newestEvent: null });
  origin.put({ source: "prod", instance: "acme", baseUrl: "", wanted: null });
  expect(found(10)).toEqual([
    ...["known acme 3", "known acme 9", "known other 4", "known_name acme 5"],
    ...["ledger bare 6", "ledger acme 6"],
  ]);
});

it("drops at most so many pieces of one day", () => {
  know("acme", 3, 5);
  know("acme", 4);
  const [old] = [...daysBefore(db, 4)] as [OldDay];
  expect([dropPieces(db, old, 3), dropPieces(db, old, 3), dropPieces(db, old, 3)]).toEqual([3, 2, 0]);
  expect(found(9)).toEqual(["known acme 4"]);
});
