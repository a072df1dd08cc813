import { afterEach, beforeEach, expect, it } from "vitest";
import { migrations } from "../../../src/spool/migrations/all.ts";
import { type Database, database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { type ShownDays, shownDays } from "../../../src/spool/sqlite/shown-days.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import { dayMs, knownRecord, today } from "../../fake/records.ts";

let db: Database;
let days: ShownDays;
beforeEach(() => {
  db = database(inMemory, { maxBytes: 1e9 });
  for (const sql of migrations) db.exec(sql);
  days = shownDays(db, tablesOf(db));
});
afterEach(() => db.close());

const rows = () => db.all("SELECT instance, day, last_shown AS shown FROM shown_day ORDER BY instance, day");
/** What the next start finds. */
const again = () => {
  const next = shownDays(db, tablesOf(db));
  next.load();
  return next;
};

it("has a day shown last on its own date until a later read shows it, each instance for itself", () => {
  days.note("acme", [today, today - 3, -1, -2], today * dayMs + 1);
  expect(rows()).toEqual([{ instance: "acme", day: today - 3, shown: today }]);
  expect([days.last("acme", today - 3), days.last("other", today - 3)]).toEqual([today, today - 3]);
  expect(again().last("acme", today - 3)).toBe(today);
});

it("goes forward only, and is written once a day", () => {
  days.note("acme", [today], (today + 2) * dayMs);
  db.exec("DELETE FROM shown_day");
  days.note("acme", [today], (today + 3) * dayMs - 1);
  days.note("acme", [today], today * dayMs);
  expect(rows()).toEqual([]);
  expect(days.last("acme", today)).toBe(today + 2);
});

it("holds the days of a span of which something is known, and no others", () => {
  const { known } = tablesOf(db);
  const records = knownRecord("a".repeat(32));
  for (const [instance, day] of [
    ["acme", today - 9] as const,
    ["acme", today - 2] as const,
    ["b", 1] as const,
  ])
    known.put({ instance, day, firstSeq: day, count: 1, due: 0, records });
  days.hold("acme", [0, 40_000], today * dayMs);
  const held = [today - 9, today - 2].map((day) => ({ instance: "acme", day, shown: today }));
  expect(rows()).toEqual(held);
  // Once a day.
  db.exec("DELETE FROM shown_day");
  days.load();
  days.hold("acme", [0, 40_000], today * dayMs + 1);
  expect(rows()).toEqual(held);
  db.exec("DELETE FROM shown_day");
  days.hold("acme", [0, 40_000], today * dayMs + 2);
  expect(rows()).toEqual([]);
});

it("forgets what was shown too long ago", () => {
  days.note("acme", [today - 9], today * dayMs);
  days.note("acme", [today - 8], (today + 1) * dayMs);
  days.prune(today + 1);
  expect(rows()).toEqual([{ instance: "acme", day: today - 8, shown: today + 1 }]);
  expect(days.last("acme", today - 9)).toBe(today - 9);
});
