import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SpoolError, type SpoolFailure } from "../../../src/spool/spool-error.ts";
import { pruneFreeing } from "../../../src/spool/sqlite/prune.ts";
import type { Store } from "../../../src/spool/store.ts";
import { counted, dayMs, done, keep, knownIdentities, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const keepLedger = 10 * dayMs;

/** Reads a day of `source` completely: one record of it, and a watermark at its end. */
function readDay(store: Store, source: string, day: number): void {
  keep(store, source, [record(`${source} ${day}`, { day })], { instance: source });
  store.finishWindow(
    source,
    done(`after ${day}`, { watermark: (day + 1) * dayMs }),
    counted(),
    (day + 1) * dayMs,
  );
}

/** Of `days` from `today` on, those that the ledger still knows of `source`. */
const remembered = (store: Store, source: string, days: number) =>
  Array.from({ length: days }, (_, index) => today + index).filter(
    (day) => knownIdentities(store, day, source).length > 0,
  );

function pruneAll(store: Store, at: number): void {
  while (store.prune(at) > 0);
}

describe("pruning the ledger", () => {
  it("forgets days that are older than it keeps", () => {
    const store = state.open({ sources: ["prod"], keepLedger });
    for (let day = 0; day < 20; day++) readDay(store, "prod", today + day);
    pruneAll(store, (today + 20) * dayMs);
    expect(remembered(store, "prod", 20)).toEqual(
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((n) => today + n),
    );
  });

  it("is not held back by a source that was renamed or taken out, and forgets its days too", () => {
    readDay(state.open({ sources: ["old-name"], keepLedger }), "old-name", today);
    const store = state.open({ sources: ["new-name"], keepLedger });
    for (let day = 0; day < 60; day++) readDay(store, "new-name", today + day);
    pruneAll(store, (today + 60) * dayMs);
    expect(remembered(store, "new-name", 60)[0]).toBe(today + 50);
    expect(remembered(store, "old-name", 60)).toEqual([]);
  });

  it("is not held back by a source that could never be read", () => {
    const store = state.open({ sources: ["prod", "refused"], keepLedger });
    for (let day = 0; day < 20; day++) readDay(store, "prod", today + day);
    pruneAll(store, (today + 20) * dayMs);
    expect(remembered(store, "prod", 20)[0]).toBe(today + 10);
  });

  it("goes no further than every source was read, whatever the wall clock says", () => {
    const store = state.open({ sources: ["prod", "slow"], keepLedger });
    readDay(store, "slow", today);
    for (let day = 0; day < 20; day++) readDay(store, "prod", today + day);
    pruneAll(store, (today + 4000) * dayMs);
    expect(remembered(store, "prod", 20)).toHaveLength(20);
  });

  it("forgets nothing before a first complete read says how far it may go", () => {
    const store = state.open({ sources: ["prod"], keepLedger });
    keep(store, "prod", [record("a")], { instance: "prod" });
    pruneAll(store, (today + 4000) * dayMs);
    expect(remembered(store, "prod", 1)).toEqual([today]);
  });

  /** Of `prod`, read up to a day, what is left of the one day `today` when that has been pruned. */
  function leftAfter(store: Store, days: number): number[] {
    store.finishWindow(
      "prod",
      done(`after ${days}`, { watermark: (today + days) * dayMs }),
      counted(),
      (today + days) * dayMs,
    );
    pruneAll(store, (today + days) * dayMs);
    return remembered(store, "prod", 1);
  }

  it("remembers a day so long after the last read that showed it, over a restart too", () => {
    const open = () => state.open({ sources: ["prod"], keepLedger });
    keep(open(), "prod", [record("a")], { instance: "prod", at: (today + 50) * dayMs });
    expect(leftAfter(open(), 58)).toEqual([today]);
    // Known already, it is shown once more.
    const again = { instance: "prod", renamed: new Map(), counts: [{ day: today, fetched: 1, known: 1 }] };
    open().finishWindow("prod", done("again"), again, (today + 58) * dayMs);
    expect(leftAfter(open(), 68)).toEqual([today]);
    expect(leftAfter(open(), 69)).toEqual([]);
  });

  it("forgets no day of a bucket of a thousand days while it is read", () => {
    const store = state.open({ sources: ["prod"], keepLedger });
    const old = Array.from({ length: 40 }, (_, n) => today - 1000 + 25 * n);
    for (const day of old) {
      keep(store, "prod", [record(`${day}`, { day })], { instance: "prod" });
      expect(leftAfter(store, 0)).toEqual([]);
    }
    expect(old.filter((day) => knownIdentities(store, day, "prod").length > 0)).toEqual(old);
  });

  it("forgets no day that a read has begun to show, nor one of a volume that goes on", () => {
    const store = state.open({ sources: ["prod"], keepLedger });
    keep(store, "prod", [record("a"), record("b", { day: today + 1 })], { instance: "prod" });
    state.clock.advance(100 * dayMs);
    store.showing("prod", today);
    expect(leftAfter(store, 100)).toEqual([today]);
    expect(remembered(store, "prod", 2)).toEqual([today]);
    const holds = [today, today + 30] as const;
    store.finishWindow("prod", done("goes on", { holds }), counted(), (today + 105) * dayMs);
    const other = { ...counted(), instance: "prod" };
    store.finishWindow("prod", done("goes on", { holds }), other, (today + 105) * dayMs);
    expect(leftAfter(store, 115)).toEqual([today]);
    expect(leftAfter(store, 116)).toEqual([]);
  });

  it("forgets no day that a backfill is still to read", () => {
    const origins = new Map([["prod", { instance: "prod", baseUrl: "https://acme.example" }]]);
    const open = () => state.open({ sources: ["prod"], origins, keepLedger });
    keep(open(), "prod", [record("a"), record("b", { day: today - 1 })], { instance: "prod" });
    open().planBackfill({ source: "prod", first: today, end: today + 1, perSecond: 10 });
    expect(leftAfter(open(), 30)).toEqual([today]);
    expect(knownIdentities(open(), today - 1, "prod")).toEqual([]);
    expect(open().cancelBackfill("prod")).toBe(true);
    expect(leftAfter(open(), 31)).toEqual([]);
  });
});

it("removes nothing where the disk has no room to write that down, so that whoever waits for room goes on", () => {
  const failing = (failure: SpoolFailure) => () => {
    const change = () => {
      throw new SpoolError(failure, "the commit failed", "look at the disk");
    };
    return pruneFreeing(
      { chunkRows: { dropSegments() {} } } as never,
      { delivered: 0, ledger: 0 },
      0,
      change,
    );
  };
  expect(failing("full")()).toBe(0);
  expect(failing("io")).toThrow("the commit failed");
});
