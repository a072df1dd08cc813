import { afterEach, beforeEach, expect, it } from "vitest";
import { counted, keep, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const day = today - 1;
const digest = { day, records: 2, identities: 2, digest: "ab".repeat(32) };
const progress = { source: "prod", unplanned: true } as const;

it("says what was kept of the day by then, and counts its closings, over a restart too", () => {
  const store = state.open({ sources: ["prod"] });
  keep(store, "prod", [record("a", { day }), record("b", { day })]);
  store.finishStep({ progress, closed: digest, shown: day }, counted(), 7);
  expect(store.closedDays("prod").get(day)).toEqual({ ...digest, closing: 1, at: 7, kept: 2 });
  keep(store, "prod", [record("c", { day })]);
  expect(store.keptOf("prod", day)).toBe(3);
  state.close();
  const again = state.open({ sources: ["prod"] });
  again.finishStep({ progress, closed: { ...digest, records: 3 } }, counted(), 9);
  expect([...again.closedDays("prod").values()]).toEqual([
    { ...digest, records: 3, closing: 2, at: 9, kept: 3 },
  ]);
  expect([...again.closedDays("archive")]).toEqual([]);
  expect(again.sources()).toMatchObject([{ source: "prod", closed: { days: 1, newest: [{ day }] } }]);
});

it("changes nothing where a step closes no day", () => {
  const store = state.open({ sources: ["prod"] });
  store.finishStep({ progress }, counted(), 7);
  expect(store.closedDays("prod").size).toBe(0);
});
