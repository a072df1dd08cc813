import { afterEach, beforeEach, expect, it } from "vitest";
import { all, dayMs, drain, keep, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("tells what there is of some days of what the output is past, and what was removed", () => {
  const store = state.open();
  keep(store, "prod", [record("a"), record("b", { day: today + 1 })]);
  drain(store, "siem");
  while (store.prune(state.clock.now() + 30 * dayMs) > 0);
  keep(store, "prod", [record("c", { day: today + 1 }), record("d", { day: today + 2 })]);
  drain(store, "siem");
  keep(store, "prod", [record("e", { day: today + 1 })]);
  const { available } = store.replays;
  expect(available("siem", today, today + 3)).toEqual({
    ...{ records: 2, gone: 2, goneDays: 2 },
    goneOf: [{ source: "prod", first: today, end: today + 2, records: 2 }],
  });
  expect(available("siem", today + 2, today + 3)).toMatchObject({
    records: 1,
    gone: 0,
    goneDays: 0,
    goneOf: [],
  });
});

it("reads again what was delivered of some days alone, and not past where it should end", () => {
  const store = state.open();
  for (let day = 0; day < 6; day++)
    keep(store, "prod", [record(`${day} one`, { day: today + day }), record(`${day} two`, { day: today })]);
  drain(store, "siem");
  const read = (first: number, end: number, through = 12) =>
    store.readAgain("siem", 0, all, { through, first, end }).map(({ seq }) => seq);
  expect(read(today + 4, today + 5)).toEqual([9]);
  expect(read(today + 3, today + 6, 9)).toEqual([7, 9]);
  expect(read(today + 9, today + 10)).toEqual([]);
  expect(store.readAgain("siem", 7, all, { through: 12, first: today + 3, end: today + 4 })).toEqual([]);
  expect(read(today, today + 1)).toEqual([1, 2, 4, 6, 8, 10, 12]);
});
