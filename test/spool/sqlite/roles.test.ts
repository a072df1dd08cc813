import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { damagedHere } from "../../../src/spool/sqlite/sources.ts";
import type { Store } from "../../../src/spool/store.ts";
import { all, counted, dayMs, done, keep, ofOurs, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const sources = ["prod", "archive"];
const asWitness = () => state.open({ sources, witnesses: new Map([["archive", "prod"]]) });
const asPrimary = () => state.open({ sources });
const gapsOf = (store: Store, source: string) =>
  store.sources().find((each) => each.source === source)?.gaps ?? [];
const told = (store: Store) =>
  ofOurs(store.read(0, all)).map(({ action, source, days }) => [action.replace(/^.*:/, ""), source, days]);
const at = today * dayMs;

function found(store: Store, day: number, fields: object) {
  const witnessed = { day, shown: 4, known: 4, missing: 0, extra: 0, examples: [], open: false, ...fields };
  store.finishStep({ progress: { source: "archive", witnessed } }, counted(), at);
}

it("of what a witness was shown, a primary reads again what was not compared or nobody had", () => {
  const witness = asWitness();
  found(witness, 10, {});
  found(witness, 11, { missing: 1 });
  found(witness, 12, { extra: 3 });
  found(witness, 13, { open: true });
  found(witness, 14, { trouble: "it was cut" });
  witness.finishWindow("archive", done("on"), counted({ day: 15, fetched: 1, known: 1 }), at);
  const primary = asPrimary();
  expect(primary.owed("archive")).toEqual([11, 13, 14, 15]);
  expect(gapsOf(primary, "archive")[0]?.reason).toContain("it was a witness");
  expect(primary.witnessed("archive")).toEqual([]);
  expect(primary.cursor("archive")).toBe("on");
  const days = ["1970-01-12", "1970-01-14/1970-01-16"];
  expect(told(primary).at(-1)).toEqual(["gap_found", "archive", days]);
  // Only once: there is nothing left to say at the next start.
  expect(told(asPrimary())).toEqual(told(primary));
});

it("a read that shows such a day again ends the gap, also in the middle of that day", () => {
  state.clock.advance(1_000);
  const witness = asWitness();
  for (const day of [today - 1, today]) found(witness, day, { open: true });
  const primary = asPrimary();
  const upTo = (to: number, from = (today - 1) * dayMs) =>
    primary.finishWindow("archive", done("on", { covered: { from, to } }), counted(), to);
  expect(primary.owed("archive")).toEqual([today - 1, today]);
  // It began before the role changed.
  upTo(at + 1_000);
  expect(primary.owed("archive")).toEqual([today]);
  // The newest hours alone are not the day.
  upTo(at + 5_000, at + 2_000);
  expect(primary.owed("archive")).toEqual([today]);
  upTo(at + 5_000);
  expect(primary.owed("archive")).toEqual([]);
});

it("what is owed to a witness is owed to its primary, and its backfill is over", () => {
  const primary = asPrimary();
  primary.planBackfill({ source: "archive", first: 1, end: 3, perSecond: 5 });
  const gaps = [
    { day: 20, reason: damagedHere },
    { day: 21, reason: "refused" },
  ];
  primary.finishWindow("archive", done("on", { gaps }), counted(), at);
  const witness = asWitness();
  expect([witness.owed("archive"), witness.owed("prod")]).toEqual([[], [20]]);
  expect(gapsOf(witness, "archive")).toEqual([{ day: 21, reason: "refused" }]);
  expect(witness.backfill("archive")?.state).toBe("cancelled");
  expect(told(witness).slice(-2)).toEqual([
    ["gap_dropped", "archive", ["1970-01-21"]],
    ["gap_found", "prod", ["1970-01-21"]],
  ]);
});

it("days that were to be read again are compared, where it becomes a witness before they were", () => {
  found(asWitness(), 11, { missing: 1 });
  expect(asPrimary().owed("archive")).toEqual([11]);
  const witness = asWitness();
  expect([witness.owed("archive"), witness.witnessed("archive")]).toMatchObject([
    [],
    [{ day: 11, open: true }],
  ]);
});

it("a source that is not configured for a while keeps what it was shown as a witness in mind", () => {
  found(asWitness(), 11, { missing: 1 });
  state.open({ sources: ["prod"] });
  expect(asPrimary().owed("archive")).toEqual([11]);
});

it("records of a source that are damaged when it is a witness are brought back by its primary", () => {
  keep(asPrimary(), "archive", [record("a")]);
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  db.exec("UPDATE chunk SET bytes = x'00' WHERE source = 'archive'");
  db.close();
  const witness = asWitness();
  witness.read(0, all);
  expect(witness.damage()).toMatchObject([{ count: 1 }]);
  expect([witness.owed("archive"), witness.owed("prod")]).toEqual([[], [today]]);
});
