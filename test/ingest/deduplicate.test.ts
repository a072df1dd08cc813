import { describe, expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import type { Deduplicator } from "../../src/ingest/deduplicate.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { knownBytes, undatedDay } from "../../src/spool/store.ts";
import { dayMs, today } from "../fake/records.ts";
import { openLedger, tellApart } from "./ledger-reading.ts";

const raw = (text: string): RawRecord => {
  const bytes = Buffer.from(text);
  const entry = parseEntry(Buffer.from(text));
  return entry === undefined ? { bytes, fault: "not_json" } : { bytes, entry };
};
const at = (hour: number, more = "") => raw(`{"timestamp":"2026-08-01T${hour}:00:00Z","action":"a"${more}}`);

/** A read of a ledger that knows nothing. */
function begin(watermark?: number) {
  const { known, read } = openLedger();
  return { known, read, tell: tellApart(read, watermark) };
}

describe("the deduplicator", () => {
  it("keeps twins apart, and knows all of them at the next read", () => {
    const { known, read, tell } = begin();
    const show = (told: Deduplicator) =>
      [at(10), at(10), at(11)].map((record) => told.newRecordOf(record, today)?.uid);
    expect(new Set(show(tell)).size).toBe(3);
    // They are on disk from here on.
    read.takeDelta();
    expect(tell.takeCounts()).toEqual([{ day: today, fetched: 3, known: 0 }]);
    const next = tellApart(known.read(new Unfinished()));
    expect(show(next)).toEqual([undefined, undefined, undefined]);
    expect(next.takeCounts()).toEqual([{ day: today, fetched: 3, known: 3 }]);
    expect(next.takeCounts()).toEqual([]);
    next.again(today, 2, today);
    expect(next.takeCounts()).toEqual([{ day: today, fetched: 2, known: 2 }]);
  });

  it("sends the log-in attempt that is new, in whatever order they are shown", () => {
    const { known, read, tell } = begin();
    const attempt = (name: string) => at(10, `,"user_email":"${name}@example.com"`);
    const first = tell.newRecordOf(attempt("a"), today);
    expect(first).toBeDefined();
    read.takeDelta();
    const after = known.read(new Unfinished());
    const next = tellApart(after);
    expect([attempt("b"), attempt("a")].map((record) => next.newRecordOf(record, today))).toEqual([
      undefined,
      undefined,
    ]);
    const [second, ...none] = next.decided(today);
    expect([second?.bytes.toString(), none]).toEqual([attempt("b").bytes.toString(), []]);
    expect(second?.uid).not.toBe(first?.uid);
    expect(next.takeCounts()).toEqual([{ day: today, fetched: 2, known: 1 }]);
    expect([...after.takeDelta().values()].map(({ length }) => length)).toEqual([knownBytes]);
  });

  it("gives a record to the UTC day of its own time, and one without time to today", () => {
    const { known, read, tell } = begin();
    expect(tell.newRecordOf(at(10), today + 3)?.day).toBe(today);
    const undated = raw('{"action":"b"}');
    expect(tell.newRecordOf(undated, today + 3)?.day).toBe(today + 3);
    expect([...read.takeDelta().keys()].sort()).toEqual([undatedDay, today].sort());
    // On another day it is still the same one.
    const next = tellApart(known.read(new Unfinished()));
    expect(next.newRecordOf(undated, today + 4)).toBeUndefined();
  });

  it("counts what is dated days ahead of every clock together, and still knows it when its day has come", () => {
    const { known, read, tell } = begin();
    const ahead = [3, 4, 50].map((days) =>
      raw(`{"timestamp":"${new Date((today + days) * dayMs).toISOString()}","action":"a"}`),
    );
    const found = ahead.map((record) => tell.newRecordOf(record, today));
    expect(found.map((each) => each?.day)).toEqual([misdatedDay, misdatedDay, misdatedDay]);
    expect(tell.takeCounts()).toEqual([{ day: misdatedDay, fetched: 3, known: 0 }]);
    // Each of them has the uid of its own day.
    const later = begin().tell;
    expect(ahead.map((record) => later.newRecordOf(record, today + 60)?.uid)).toEqual(
      found.map((each) => each?.uid),
    );
    read.takeDelta();
    const next = tellApart(known.read(new Unfinished()));
    for (const record of ahead) expect(next.newRecordOf(record, today + 60)).toBeUndefined();
    expect(next.takeCounts().map(({ fetched, known }) => [fetched, known])).toEqual(ahead.map(() => [1, 1]));
  });

  it("calls late what is a quarter of an hour older than what was read completely", () => {
    const ten = today * dayMs + 10 * 3_600_000;
    const late = (watermark: number | undefined, n: number) =>
      begin(watermark).tell.newRecordOf(at(10, `,"n":${n}`), today)?.late;
    expect([late(undefined, 1), late(ten + 900_000, 2), late(ten + 900_001, 3)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("tells records that cannot be parsed apart by their bytes", () => {
    const { tell } = begin();
    const uids = ["x", "y", "x"].map((text) => tell.newRecordOf(raw(text), today));
    expect(uids.map((found) => found?.fault)).toEqual(["not_json", "not_json", "not_json"]);
    expect(new Set(uids.map((found) => found?.uid)).size).toBe(3);
  });
});
