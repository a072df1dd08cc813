import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "../../../src/spool/sqlite/database.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import { witnessDays } from "../../../src/spool/sqlite/witness-days.ts";
import { counted, dayMs, done, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const found = { shown: 4, known: 3, kept: 3, missing: 1, extra: 0, since: 5, compared: 9 };
const example = { of: "missing", uid: "ab".repeat(16), time: "2026-08-01T00:00:00.000Z" } as const;

function kept() {
  const db = database(state.file("spool.db"), { maxBytes: 1e9 });
  return { db, days: witnessDays(db, tablesOf(db).witnessDay) };
}

it("are on disk as they are in memory, the oldest day first, and go with their source", () => {
  state.open();
  state.close();
  const { db, days } = kept();
  days.load();
  days.keep("archive", { day: 9, open: false, ...found, examples: [example] });
  days.keep("archive", { day: 7, open: true, ...found, trouble: "it was cut", examples: [] });
  days.shown("export", [3]);
  const before = ["archive", "export"].map((source) => days.of(source));
  expect(before[0]?.map(({ day }) => day)).toEqual([7, 9]);
  days.load();
  expect(["archive", "export"].map((source) => days.of(source))).toEqual(before);
  days.forget("archive");
  days.load();
  expect([days.of("archive"), days.of("export")]).toEqual([[], before[1]]);
  days.prune(4);
  days.load();
  expect(days.of("export")).toEqual([]);
  db.close();
});

it("are open from what is shown on, which keeps what was found and forgets why it could not be", () => {
  state.open();
  state.close();
  const { db, days } = kept();
  days.load();
  days.keep("archive", { day: 9, open: false, ...found, examples: [example] });
  days.keep("archive", { day: 8, open: true, ...found, trouble: "it was cut", examples: [] });
  days.shown("archive", [9, 8, 7, -1, -2]);
  expect(days.of("archive")).toEqual([
    { day: 7, open: true, shown: 0, known: 0, kept: 0, missing: 0, extra: 0, examples: [] },
    { day: 8, open: true, ...found, examples: [] },
    { day: 9, open: true, ...found, examples: [example] },
  ]);
  db.close();
});

it("are written down with the cursor that passes them, for a witness alone", () => {
  const store = state.open({ sources: ["prod", "archive"], witnesses: new Map([["archive", "prod"]]) });
  const end = counted({ day: today, fetched: 3, known: 3 });
  store.finishWindow("prod", done("on"), end, today * dayMs);
  store.finishWindow("archive", done("on"), end, today * dayMs);
  expect(store.witnessed("prod")).toEqual([]);
  expect(store.witnessed("archive")).toMatchObject([{ day: today, open: true }]);
  const lengths = store.sources().map(({ source, witnessed }) => [source, witnessed?.length]);
  expect(Object.fromEntries(lengths)).toEqual({ archive: 1, prod: undefined });
  // What a comparison reads is no reason for another one.
  const witnessed = { day: today, shown: 3, known: 3, missing: 0, extra: 0, examples: [], open: false };
  store.finishStep({ progress: { source: "archive", witnessed } }, end, today * dayMs);
  expect(store.witnessed("archive")).toMatchObject([{ day: today, open: false }]);
});
