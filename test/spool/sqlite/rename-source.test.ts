import { afterEach, beforeEach, expect, it } from "vitest";
import { ownSource } from "../../../src/own/own-origin.ts";
import { all, counted, done, drain, keep, move, record, settled, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("what a source of our name left goes on under another one, balanced, and is never taken for ours", () => {
  const before = state.open({ sources: [ownSource], outputs: ["siem"] });
  keep(before, ownSource, [record("a"), record("b"), record("c", { day: today - 1 })]);
  keep(before, ownSource, [record("d")]);
  const { counts, dead } = settled(before.read(0, { events: 1, bytes: 1 }), () => "dead");
  before.settle("siem", move(1, counts, dead));
  before.finishWindow(ownSource, done("on", { gaps: [{ day: 7, reason: "refused" }] }), counted(), 1);
  const spool = state.open({ sources: ["prod"], outputs: ["siem"] });
  const name = `${ownSource} until 2026-08-01`;
  const records = spool.read(0, all);
  expect(records.slice(0, 4).map(({ source }) => source)).toEqual([name, name, name, name]);
  expect(spool.deadLetters({}, 9)).toMatchObject([{ source: name }]);
  expect(spool.sources().find(({ source }) => source === name)).toMatchObject({ cursor: "on" });
  expect(spool.sources().some(({ source }) => source === ownSource)).toBe(false);
  for (const row of spool.books())
    expect(row.delivered + row.filtered + row.dead + row.pending).toBe(row.fetched - row.known);
  drain(spool, "siem");
  spool.hold({ output: "siem", source: "" }, "tls");
  const again = state.open({ sources: ["prod"], outputs: ["siem"] });
  expect(again.read(0, all).filter(({ source }) => source === ownSource)).toHaveLength(1);
});
