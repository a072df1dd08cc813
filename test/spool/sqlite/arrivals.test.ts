import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { acme, counted, knownRecord, newRecords, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
let store: Store;
beforeEach(() => {
  state = new SpoolDirectory();
  store = state.open({ sources: ["prod"] });
});
afterEach(() => state.remove());

const plan = { source: "prod", first: today, end: today + 3, perSecond: 10 };
const booksOf = (from: Store) =>
  from
    .books()
    .filter(({ source }) => source === "prod")
    .map(({ day, fetched, known, new: fresh }) => ({ day, fetched, known, fresh }));

it("a step of a backfill is all there or not at all: counts, names, gap and how far it is", () => {
  store.planBackfill(plan);
  const progress = store.backfill("prod") ?? expect.unreachable();
  const gap = { day: today, reason: "gone" };
  const wrong = counted({ day: today, fetched: 2, known: 1 });
  expect(() => store.finishStep({ progress: { ...progress, next: today + 1 }, gap }, wrong, 1)).toThrow();
  expect(store.backfill("prod")).toMatchObject({ next: today });
  expect([booksOf(store), store.sources()[0]?.gaps]).toEqual([[], []]);
  const renamed = new Map([[today, knownRecord("a".repeat(32), 7)]]);
  const end = { ...counted({ day: today, fetched: 1, known: 1 }), renamed };
  store.finishStep({ progress: { ...progress, next: today + 1 }, gap }, end, 1);
  const again = state.open({ sources: ["prod"] });
  expect(again.backfill("prod")).toMatchObject({ next: today + 1 });
  expect(booksOf(again)).toEqual([{ day: today, fetched: 1, known: 1, fresh: 0 }]);
  expect(again.sources()[0]?.gaps).toEqual([gap]);
  // The gap is told, in the same transaction.
  expect(again.books().filter(({ source }) => source === "forwarder")).toMatchObject([{ new: 1 }]);
  expect([...again.known(acme, today)].map(({ form }) => form)).toEqual(["names"]);
});

it("what a cancelled backfill has read counts all the same", () => {
  store.planBackfill(plan);
  const progress = store.backfill("prod") ?? expect.unreachable();
  store.cancelBackfill("prod");
  store.finishStep({ progress }, counted({ day: today, fetched: 1, known: 1 }), 1);
  expect(booksOf(store)).toHaveLength(1);
});

it("records are not kept without what makes them known", () => {
  const none = { instance: acme, known: new Map(), counts: [{ day: today, fetched: 1, known: 0 }] };
  expect(() => store.append("prod", newRecords(record("a")), none, { seconds: 1, nanos: 0 })).toThrow();
  expect([booksOf(store), store.head()]).toEqual([[], 0]);
});
