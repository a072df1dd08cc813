import { describe, expect, it } from "vitest";
import { deduplicator } from "../../src/ingest/deduplicate.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { parseEntry } from "../../src/record/entry.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { undatedDay } from "../../src/spool/store.ts";
import { dayMs, today } from "../fake/records.ts";

const raw = (text: string): RawRecord => {
  const bytes = Buffer.from(text);
  const entry = parseEntry(text);
  return entry === undefined ? { bytes, fault: "not_json" } : { bytes, entry };
};
const at = (hour: number, more = "") => raw(`{"timestamp":"2026-08-01T${hour}:00:00Z","action":"a"${more}}`);

function begin() {
  const known = ledger({ load: () => [] });
  known.beginRead();
  return { known, tell: deduplicator(known, "acme.example") };
}

describe("the deduplicator", () => {
  it("keeps twins apart, and knows all of them at the next read", () => {
    const { known, tell } = begin();
    const read = () =>
      [at(10), at(10), at(11)].map((record) => tell.newRecordOf(record, today, undefined)?.uid);
    const first = read();
    expect(new Set(first).size).toBe(3);
    // They are on disk from here on.
    known.takeDelta();
    known.beginRead();
    expect(read()).toEqual([undefined, undefined, undefined]);
    expect(tell.takeCounts()).toEqual([{ day: today, fetched: 6, known: 3 }]);
    expect(tell.takeCounts()).toEqual([]);
  });

  it("gives a record to the UTC day of its own time, and one without time to today", () => {
    const { known, tell } = begin();
    expect(tell.newRecordOf(at(10), today + 3, undefined)?.day).toBe(today);
    const undated = raw('{"action":"b"}');
    expect(tell.newRecordOf(undated, today + 3, undefined)?.day).toBe(today + 3);
    expect([...known.takeDelta().keys()].sort()).toEqual([undatedDay, today].sort());
    known.beginRead();
    // On another day it is still the same one.
    expect(tell.newRecordOf(undated, today + 4, undefined)).toBeUndefined();
  });

  it("counts what is dated days ahead of every clock together, and still knows it when its day has come", () => {
    const { known, tell } = begin();
    const ahead = [3, 4, 50].map((days) =>
      raw(`{"timestamp":"${new Date((today + days) * dayMs).toISOString()}","action":"a"}`),
    );
    const found = ahead.map((record) => tell.newRecordOf(record, today, undefined));
    expect(found.map((each) => each?.day)).toEqual([misdatedDay, misdatedDay, misdatedDay]);
    expect(tell.takeCounts()).toEqual([{ day: misdatedDay, fetched: 3, known: 0 }]);
    // Each of them has the uid of its own day.
    const later = begin().tell;
    expect(ahead.map((record) => later.newRecordOf(record, today + 60, undefined)?.uid)).toEqual(
      found.map((each) => each?.uid),
    );
    known.takeDelta();
    known.beginRead();
    for (const record of ahead) expect(tell.newRecordOf(record, today + 60, undefined)).toBeUndefined();
    expect(tell.takeCounts().map(({ fetched, known }) => [fetched, known])).toEqual(ahead.map(() => [1, 1]));
  });

  it("calls late what is a quarter of an hour older than what was read completely", () => {
    const { tell } = begin();
    const ten = today * dayMs + 10 * 3_600_000;
    const late = (watermark: number | undefined, n: number) =>
      tell.newRecordOf(at(10, `,"n":${n}`), today, watermark)?.late;
    expect([late(undefined, 1), late(ten + 900_000, 2), late(ten + 900_001, 3)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("tells records that cannot be parsed apart by their bytes", () => {
    const { tell } = begin();
    const uids = ["x", "y", "x"].map((text) => tell.newRecordOf(raw(text), today, undefined));
    expect(uids.map((found) => found?.fault)).toEqual(["not_json", "not_json", "not_json"]);
    expect(new Set(uids.map((found) => found?.uid)).size).toBe(3);
  });
});
