import { describe, expect, it } from "vitest";
import { IdentityTable } from "../../src/ingest/identity-table.ts";
import { identity } from "./ledger-reading.ts";

describe("the table of identities", () => {
  it("gives each a number of its own, the same whenever it is asked, in whatever form", () => {
    const table = new IdentityTable();
    expect([1, 2, 1, 3].map((n) => table.numberOf(identity(n)))).toEqual([0, 1, 0, 2]);
    const bytes = Buffer.from(`ÿÿ${identity(3)}${identity(4)}`, "latin1");
    expect([table.numberIn(bytes, 2), table.numberIn(bytes, 18), table.size]).toEqual([2, 3, 4]);
    table.write(3, bytes, 0);
    expect(bytes.toString("latin1", 0, 16)).toBe(identity(4));
  });

  it("tells apart those that share a beginning", () => {
    const table = new IdentityTable();
    const alike = ["0", "1", "2"].map((end) => `${"ab".repeat(7)}0${end}`);
    expect(alike.map((each) => table.numberOf(each))).toEqual([0, 1, 2]);
    expect(alike.map((each) => table.numberOf(each))).toEqual([0, 1, 2]);
  });

  it("remembers every one while it grows, in 22 to 27 bytes each", () => {
    const table = new IdentityTable();
    const all = Array.from({ length: 200_000 }, (_, n) => identity(n));
    const bytesEach = { least: 100, most: 0 };
    for (const [n, each] of all.entries()) {
      if (table.numberOf(each) !== n) throw new Error(`${n} has another number`);
      if (n < 100_000) continue;
      bytesEach.least = Math.min(bytesEach.least, table.byteLength / (n + 1));
      bytesEach.most = Math.max(bytesEach.most, table.byteLength / (n + 1));
    }
    expect(all.every((each, n) => table.numberOf(each) === n)).toBe(true);
    expect(bytesEach.least).toBeLessThan(23);
    expect(bytesEach.most).toBeLessThan(36);
  });
});
