import { describe, expect, it } from "vitest";
import type { Identity } from "../../src/ingest/identity.ts";
import { digestWord, wordOf } from "../../src/ingest/identity-row.ts";
import { RecentIdentities } from "../../src/ingest/recent-identities.ts";
import { identity } from "./ledger-reading.ts";

type Words = [number, number, number, number];
const words = (of: Identity) => [0, 4, 8, 12].map((at) => wordOf(of, at)) as Words;
const find = (table: RecentIdentities, of: Identity) => table.find(...words(of));
const add = (table: RecentIdentities, of: Identity) => table.add(...words(of));

describe("identities in memory", () => {
  it("have a number each, and a row", () => {
    const table = new RecentIdentities();
    expect([1, 2, 3].map((n) => add(table, identity(n)))).toEqual([0, 1, 2]);
    expect([3, 1, 4].map((n) => find(table, identity(n)))).toEqual([2, 0, -1]);
    const from = table.offsetOf(2);
    expect([...table.rowsOf(2).subarray(from, from + 5)]).toEqual([...words(identity(3)), 0]);
    expect([...table.firstRows().subarray(0, 4)]).toEqual(words(identity(1)));
    expect(table.firstRows()).toHaveLength(15);
  });

  it("are told apart when they share a beginning", () => {
    const table = new RecentIdentities();
    const alike = ["0", "1", "2"].map((end) => `${"ab".repeat(7)}0${end}`);
    expect(alike.map((each) => add(table, each))).toEqual([0, 1, 2]);
    expect(alike.map((each) => find(table, each))).toEqual([0, 1, 2]);
  });

  it("are forgotten together, with their digests", () => {
    const table = new RecentIdentities();
    add(table, identity(1));
    table.rowsOf(0)[digestWord] = 7;
    table.clear();
    expect([table.size, find(table, identity(1)), add(table, identity(2))]).toEqual([0, -1, 0]);
    expect(table.rowsOf(0)[digestWord]).toBe(0);
  });

  it("take 26 to 31 bytes each, and all are found while they grow", () => {
    const table = new RecentIdentities();
    const all = Array.from({ length: 200_000 }, (_, n) => identity(n));
    const bytesEach = { least: 100, most: 0 };
    for (const [n, each] of all.entries()) {
      if (add(table, each) !== n) throw new Error(`${n} has another number`);
      if (n < 100_000) continue;
      bytesEach.least = Math.min(bytesEach.least, table.byteLength / (n + 1));
      bytesEach.most = Math.max(bytesEach.most, table.byteLength / (n + 1));
    }
    expect(all.every((each, n) => find(table, each) === n)).toBe(true);
    expect(bytesEach.least).toBeLessThan(27);
    expect(bytesEach.most).toBeLessThan(40);
  });
});
