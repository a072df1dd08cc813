import { expect, it } from "vitest";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { migrate } from "../../../src/spool/sqlite/migrate.ts";
import { milestones } from "../../../src/spool/sqlite/milestones.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";

const minute = 60_000;

function begin() {
  const db = database(inMemory, { maxBytes: 1e9 });
  migrate(db);
  const tables = tablesOf(db);
  return { db, tables, kept: milestones(db, tables) };
}

it("bounds when a record was passed by ten minutes, however long nothing came after it", () => {
  const { kept } = begin();
  kept.pass("siem", 0, 0);
  kept.pass("siem", 100, 20 * minute);
  kept.pass("siem", 200, 300 * minute);
  expect(kept.passed("siem", 50)).toEqual({ after: 0, before: 10 * minute });
  expect(kept.passed("siem", 100)).toEqual({ after: 0, before: 10 * minute });
  expect(kept.passed("siem", 101)).toEqual({ after: 20 * minute, before: 30 * minute });
  expect(kept.passed("siem", 999)).toEqual({ after: 300 * minute, before: 310 * minute });
});

it("is bounded by the next time that is known, where that is nearer", () => {
  const { kept, tables } = begin();
  kept.pass("siem", 0, 0);
  tables.milestone.put({ output: "siem", at: 3 * minute, position: 7 });
  expect(kept.passed("siem", 7)).toEqual({ after: 0, before: 3 * minute });
});

it("writes six an hour, remembers 31 days, and says only until when what is older was passed", () => {
  const { db, kept } = begin();
  for (let second = 0; second < 7200; second++) kept.pass("siem", second, second * 1000);
  expect(db.get("SELECT count(*) AS n FROM milestone")).toEqual({ n: 12 });
  kept.pass("siem", 9000, 31 * 86_400_000 + 60 * minute);
  expect(db.get("SELECT count(*) AS n FROM milestone")).toEqual({ n: 7 });
  expect(kept.passed("siem", 5)).toEqual({ before: 60 * minute });
});

it("prefers the marks of the last two hours, which are four a minute", () => {
  const { kept, tables } = begin();
  kept.pass("siem", 0, 0);
  tables.mark.put({ output: "siem", at: 30_000, position: 10 });
  tables.mark.put({ output: "siem", at: 50_000, position: 20 });
  expect(kept.passed("siem", 15)).toEqual({ after: 30_000, before: 45_000 });
  expect(kept.passed("siem", 5)).toEqual({ after: 0, before: 10 * minute });
});

it("says nothing where the clock was set back in between, or nothing is known", () => {
  const { kept } = begin();
  expect(kept.passed("siem", 5)).toEqual({});
  kept.pass("siem", 100, 200 * minute);
  kept.pass("siem", 200, 100 * minute);
  expect(kept.passed("siem", 150)).toEqual({});
});

it("goes on after a restart where it was, and does not believe what was changed on disk", () => {
  const { db, tables, kept } = begin();
  kept.pass("siem", 0, 0);
  const again = milestones(db, tables);
  again.load();
  again.pass("siem", 50, 5 * minute);
  expect(db.get("SELECT count(*) AS n FROM milestone")).toEqual({ n: 1 });
  db.exec("UPDATE milestone SET position = 1");
  expect(again.passed("siem", 5)).toEqual({});
});
