import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import {
  all,
  counted,
  dayMs,
  done,
  drain,
  keep,
  move,
  ofOurs,
  record,
  settled,
  today,
} from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const options = { outputs: ["siem", "lake"], sources: ["prod"] };
const hour = 3_600_000;
const summaries = (spool: Store) =>
  ofOurs(spool.read(0, all)).filter(({ action }) => action.endsWith(":daily_summary"));
const due = (spool: Store) => spool.tellDue(state.clock.now());
const readTo = (spool: Store, watermark: number) =>
  spool.finishWindow("prod", done("on", { watermark }), counted(), state.clock.now());

it("tells of a day what the books have, once, as soon as it was read to its end", () => {
  const spool = state.open(options);
  due(spool);
  keep(
    spool,
    "prod",
    [record("a"), record("b", { late: true }), record("c"), record("y", { day: today - 1 })],
    {
      known: 4,
    },
  );
  const { counts, dead } = settled(spool.read(0, all), ({ seq }) =>
    seq === 1 ? "dead" : seq === 2 ? "filtered" : "delivered",
  );
  spool.settle("siem", move(4, counts, dead));
  readTo(spool, (today + 1) * dayMs - 1);
  state.clock.advance(dayMs + hour);
  due(spool);
  expect(summaries(spool)).toEqual([]);
  readTo(spool, (today + 1) * dayMs);
  due(spool);
  due(spool);
  expect(summaries(spool)).toMatchObject([
    {
      day: "2026-08-01",
      sources: [{ source: "prod", fetched: 7, known: 4, new: 3, late: 1, unparseable: 0 }],
      outputs: [
        { output: "lake", delivered: 0, filtered: 0, dead: 0, pending: 3 },
        { output: "siem", delivered: 1, filtered: 1, dead: 1, pending: 0 },
      ],
      gaps: [],
    },
  ]);
  const again = state.open(options);
  due(again);
  expect(summaries(again)).toHaveLength(1);
});

it("waits six hours for a source that is not read, and tells days in which nothing ran", () => {
  const spool = state.open(options);
  due(spool);
  readTo(spool, today * dayMs);
  state.clock.advance(2 * dayMs + 5 * hour);
  due(spool);
  expect(summaries(spool)).toEqual([]);
  state.clock.advance(hour);
  due(spool);
  expect(summaries(spool).map(({ day, sources }) => [day, sources[0].fetched])).toEqual([
    ["2026-08-01", 0],
    ["2026-08-02", 0],
  ]);
  state.clock.advance(30 * dayMs);
  due(spool);
  expect(summaries(spool)).toHaveLength(2 + 7);
});

it("is not thrown by a clock that was far ahead", () => {
  const spool = state.open(options);
  due(spool);
  spool.tellDue(state.clock.now() + 3650 * dayMs);
  const before = summaries(spool).length;
  due(spool);
  readTo(spool, (today + 1) * dayMs);
  state.clock.advance(dayMs);
  due(spool);
  expect(summaries(spool).slice(before)).toMatchObject([{ day: "2026-08-01" }]);
  for (const name of options.outputs) drain(spool, name);
});
