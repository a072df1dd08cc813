import { expect, it } from "vitest";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { knownTwins } from "../../../src/spool/sqlite/known-twins.ts";
import { migrate } from "../../../src/spool/sqlite/migrate.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import { acme, idOfText, knownRecord, today, uidOfText } from "../../fake/records.ts";

function begin() {
  const db = database(inMemory, { maxBytes: 1e9 });
  migrate(db);
  const tables = tablesOf(db);
  const row = (firstSeq: number, due: number, ...records: Buffer[]) =>
    tables.known.put({
      ...{ instance: acme, day: today, firstSeq, count: records.length, due },
      records: Buffer.concat(records),
    });
  const of = (text: string) =>
    knownTwins(tables, (seq) => (seq > 4 ? seq * 1000 : undefined), {
      ...{ instance: acme, day: today, identity: uidOfText(text), after: -1 },
    }).twins;
  return { db, tables, row, of };
}
const twin = (ordinal: number) => knownRecord(idOfText("a"), 0, ordinal);

it("gives each twin its ordinal, and what was lost as due", () => {
  const { row, of } = begin();
  row(1, 0, twin(1), knownRecord(idOfText("b")));
  row(5, 1, twin(2));
  expect(of("a")).toEqual([
    { ordinal: 1, firstSeq: 1, count: 2, due: false },
    { ordinal: 2, firstSeq: 5, count: 1, due: true, observed: 5000 },
  ]);
});

it("takes no bytes for an identity that only look like one", () => {
  const { row, of } = begin();
  const shifted = Buffer.alloc(48);
  shifted.write(idOfText("a"), 8, "latin1");
  row(1, 0, shifted);
  expect(of("a")).toEqual([]);
});

it("counts what earlier versions kept by source, and passes over what was changed on disk", () => {
  const { db, tables, row, of } = begin();
  tables.origin.put({ source: "prod", instance: acme, baseUrl: "", wanted: null });
  const identities = Buffer.from(idOfText("a") + idOfText("b") + idOfText("a"), "latin1");
  tables.ledger.put({ source: "prod", day: today, firstSeq: 1, count: 3, identities });
  row(4, 0, twin(3));
  row(5, 0, twin(4));
  db.exec("UPDATE known SET count = 9 WHERE first_seq = 5");
  expect(of("a").map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
});
