import { expect, it } from "vitest";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { KnownRecords } from "../../src/ingest/known-records.ts";
import { knownRecord } from "../fake/records.ts";
import { identity, wordsOf } from "./ledger-reading.ts";

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

it("new records in a row are written as one by one, whatever was there before", () => {
  for (const before of [0, 1, 2, 5, 9]) {
    const day = new KnownDay();
    const records = new KnownRecords(day);
    const all = Array.from({ length: before + 7 }, (_, n) => identity(n));
    const words = wordsOf(all);
    expect(day.numberNew(words, 0, all.length)).toBe(all.length);
    for (let at = 0; at < before; at++) records.push(at, day.add(at, 0), 0);
    records.pushNew(before, 7, words, before * 4);
    day.load([]);
    records.putAgain();
    expect(all.map((_, at) => day.knownOf(at))).toEqual(all.map(() => 1));
    expect(records.take()).toEqual(Buffer.concat(all.map((each) => knownRecord(each, 0, 1))));
  }
});
