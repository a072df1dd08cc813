import { expect, it } from "vitest";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { migrate } from "../../../src/spool/sqlite/migrate.ts";
import { stretches } from "../../../src/spool/sqlite/stretches.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";

const minute = 60_000;

function begin() {
  const db = database(inMemory, { maxBytes: 1e9 });
  migrate(db);
  const kept = stretches(db, tablesOf(db));
  /** Twenty minutes, a hundred records in each. */
  for (let at = 0; at < 20; at++) kept.mark("siem", at * 100, at * minute);
  return { db, kept };
}
const range = (since: number, more = {}) => ({ since, oldest: 1, position: 2000, ...more });

it("begins where the position was at that time, or before it", () => {
  const { kept } = begin();
  expect(kept.add("siem", range(15 * minute), 20 * minute)).toBe(500);
  expect(kept.of("siem")).toEqual({ id: 1, cause: "replay_window", nextSeq: 1501, through: 2000 });
});

it("between two marks begins at the earlier one", () => {
  const { kept } = begin();
  expect(kept.add("siem", range(15.5 * minute), 20 * minute)).toBe(500);
});

it("holds nothing that was pruned, and nothing at all where nothing was delivered", () => {
  const { kept } = begin();
  expect(kept.add("siem", range(15 * minute, { oldest: 1900 }), 20 * minute)).toBe(101);
  expect(kept.add("lake", range(0, { position: 0 }), 20 * minute)).toBe(0);
  expect(kept.of("lake")).toBeUndefined();
});

it("is one that grows, whatever is disturbed before it was sent", () => {
  const { kept } = begin();
  kept.add("siem", range(15 * minute), 20 * minute);
  kept.advance("siem", { id: 1, nextSeq: 1700 });
  expect(kept.add("siem", range(18 * minute, { position: 2100 }), 21 * minute)).toBe(100);
  expect(kept.of("siem")).toMatchObject({ id: 1, nextSeq: 1700, through: 2100 });
});

it("ends when it was sent, never moves back, and is there again after a restart", () => {
  const { db, kept } = begin();
  kept.add("siem", range(15 * minute), 20 * minute);
  kept.advance("siem", { id: 1, nextSeq: 1700 });
  const again = stretches(db, tablesOf(db));
  again.load();
  expect(again.of("siem")).toMatchObject({ id: 1, nextSeq: 1700, through: 2000 });
  expect(() => again.advance("siem", { id: 1, nextSeq: 1700 })).toThrow("back");
  expect(() => again.advance("siem", { id: 2, nextSeq: 1800 })).toThrow("no stretch 2");
  again.advance("siem", { id: 1, nextSeq: 2001 });
  expect(again.of("siem")).toBeUndefined();
  again.load();
  expect(again.of("siem")).toBeUndefined();
  expect(again.add("siem", range(15 * minute), 20 * minute)).toBe(500);
});

it("a clock that was set back hides nothing that was delivered since", () => {
  const { kept } = begin();
  kept.mark("siem", 2000, 10 * minute);
  expect(kept.add("siem", range(9 * minute, { position: 2500 }), 11 * minute)).toBe(1600);
});

it("remembers two hours, four times a minute at most", () => {
  const { db, kept } = begin();
  for (let at = 0; at < 400; at++) kept.mark("siem", 2000 + at, 20 * minute + at * 1000);
  expect(db.get("SELECT count(*) AS n FROM mark")).toEqual({ n: 20 + 26 + 1 });
  kept.mark("siem", 9000, 400 * minute);
  expect(db.get("SELECT count(*) AS n FROM mark")).toEqual({ n: 1 });
});
