import { expect, it } from "vitest";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { KnownRecords } from "../../src/ingest/known-records.ts";
import { knownRecord } from "../fake/records.ts";
import { identity } from "./ledger-reading.ts";

it("records go to the ledger once, and are known again where the day was loaded meanwhile", () => {
  const day = new KnownDay();
  const records = new KnownRecords(day);
  const at = day.numberOf(identity(1));
  records.push(at, day.add(at, 7), 7);
  records.push(at, day.add(at, 8), 8);
  day.load([]);
  records.putAgain();
  expect([day.knownOf(at), records.length]).toEqual([2, 2]);
  expect(records.take()).toEqual(
    Buffer.concat([knownRecord(identity(1), 7, 1), knownRecord(identity(1), 8, 2)]),
  );
  expect([records.take().length, records.length]).toEqual([0, 0]);
});
