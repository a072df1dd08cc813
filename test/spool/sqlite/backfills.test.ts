import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { acme, counted, keep, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const origin = { instance: acme, baseUrl: "https://acme.example" };
const origins = new Map([
  ["prod", origin],
  ["bucket", origin],
]);
const open = () => state.open({ sources: ["prod", "bucket"], origins });
const plan = { source: "prod", first: today, end: today + 3, perSecond: 10 };
const prodOf = (store: Store) => store.sources().find(({ source }) => source === "prod");
const progressOf = (store: Store) => store.backfill("prod") ?? expect.unreachable();

describe("a backfill in the state", () => {
  it("goes on where it was, with what the source had given and what had failed", () => {
    open().planBackfill(plan);
    const store = open();
    const step = { ...progressOf(store), next: today + 1, place: "page 2", seen: 4, failures: 2 };
    store.finishStep({ progress: { ...step, trouble: "too slow" } }, counted(), 1);
    expect(progressOf(open())).toMatchObject({ ...step, state: "running", trouble: "too slow" });
    const prod = prodOf(open());
    expect(prod?.backfill).toMatchObject({ next: today + 1, end: today + 3 });
    expect(prod?.backfill).not.toHaveProperty("place");
  });

  it("stays when another one is asked for, and takes the new pace when it is the same", () => {
    const store = open();
    store.planBackfill(plan);
    store.finishStep({ progress: { ...progressOf(store), next: today + 1 } }, counted(), 1);
    expect(store.planBackfill({ ...plan, end: today + 9, perSecond: 5 })).toMatchObject({ ...plan });
    expect(store.planBackfill({ ...plan, perSecond: 5 })).toMatchObject({ next: today + 1, perSecond: 5 });
    expect(progressOf(open()).perSecond).toBe(5);
  });

  it("is not brought back by a read that was under way when it was cancelled or begun anew", () => {
    const store = open();
    store.planBackfill(plan);
    const before = progressOf(store);
    expect(store.cancelBackfill("prod")).toBe(true);
    expect(store.cancelBackfill("prod")).toBe(false);
    store.finishStep({ progress: { ...before, next: today + 2 } }, counted(), 1);
    expect(progressOf(open())).toMatchObject({ state: "cancelled", next: today });
    state.clock.advance(1);
    const again = open();
    again.planBackfill({ ...plan, first: today - 1 });
    again.finishStep({ progress: { ...before, next: today + 2 } }, counted(), 1);
    expect(progressOf(again)).toMatchObject({ state: "running", first: today - 1, next: today - 1 });
  });

  it("ends when the source reads another log from its start on", () => {
    open().planBackfill(plan);
    keep(open(), "prod", [record("a")]);
    const other = { instance: "other.example", baseUrl: "https://other.example" };
    const store = state.open({ sources: ["prod"], origins: new Map([["prod", other]]) });
    expect(store.startOver("prod")).toBe(true);
    expect(progressOf(store).state).toBe("cancelled");
  });

  it("leaves a gap where a day could not be shown, and takes it away when it was", () => {
    const store = open();
    store.planBackfill(plan);
    const progress = progressOf(store);
    const gap = { day: today, reason: "gone" };
    store.finishStep({ progress, gap }, counted(), 1);
    expect(prodOf(open())?.gaps).toEqual([gap]);
    open().finishStep({ progress, shown: today + 1 }, counted(), 1);
    expect(prodOf(open())?.gaps).toEqual([gap]);
    open().finishStep({ progress, shown: today }, counted(), 1);
    expect(prodOf(open())?.gaps).toEqual([]);
  });

  it("says what would be sent again: what any source of the instance had kept, and is not known any more", () => {
    const store = open();
    keep(store, "prod", [record("a"), record("b", { day: today + 1 }), record("c", { day: today + 1 })]);
    keep(store, "bucket", [record("d", { day: today + 1 })]);
    expect(store.forgotten(plan)).toEqual({ days: 0, records: 0 });
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec(`DELETE FROM known WHERE day = ${today + 1}`);
    db.close();
    expect(open().forgotten(plan)).toEqual({ days: 1, records: 3 });
    expect(open().forgotten({ ...plan, end: today + 1 })).toEqual({ days: 0, records: 0 });
  });
});
