import { afterEach, beforeEach, expect, it } from "vitest";
import { closedDays } from "../../../src/spool/sqlite/closed-days.ts";
import { database } from "../../../src/spool/sqlite/database.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import { dayMs } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("are on disk as they are in memory, and go with their source", () => {
  state.open();
  state.close();
  const db = database(state.file("spool.db"), { maxBytes: 1e9 });
  const days = closedDays(db, tablesOf(db).closedDay);
  days.load();
  const now = 20 * dayMs;
  const day = { day: 9, closing: 1, at: 5, records: 4, identities: 3, kept: 4, digest: "ab".repeat(32) };
  days.keep("prod", day);
  days.keep("prod", { ...day, day: 7 });
  days.keep("prod", { ...day, closing: 2 });
  days.keep("archive", day);
  const before = [...days.of("prod")];
  expect(before).toEqual([
    [9, { ...day, closing: 2 }],
    [7, { ...day, day: 7 }],
  ]);
  days.load();
  expect(new Map(days.of("prod"))).toEqual(new Map(before));
  expect(days.shown("prod", (each) => each, now)).toEqual({
    days: 2,
    newest: [
      { ...day, closing: 2, reopened: true },
      { ...day, day: 7, reopened: true },
    ],
  });
  expect(days.shown("prod", () => 4, now).newest.map(({ reopened }) => reopened)).toEqual([false, false]);
  // A clock that was ahead has closed days that are still to come, and others by a time to come.
  days.keep("prod", { ...day, day: 400, at: 500 * dayMs });
  days.keep("prod", { ...day, day: 19, at: 500 * dayMs });
  expect(days.shown("prod", () => 4, now).newest.map((each) => [each.day, each.reopened])).toEqual([
    [19, true],
    [9, false],
    [7, false],
  ]);
  expect(days.shown("prod", () => 4, 500 * dayMs)).toMatchObject({
    days: 4,
    newest: [{ day: 400, reopened: false }, {}, {}, {}],
  });
  days.forget("prod");
  expect(days.shown("prod", () => 4, now)).toEqual({ days: 0, newest: [] });
  expect([days.of("prod").size, days.of("archive").size]).toEqual([0, 1]);
  days.load();
  expect([days.of("prod").size, days.of("archive").size]).toEqual([0, 1]);
  db.close();
});
