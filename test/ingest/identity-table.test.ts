import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdentityTable } from "../../src/ingest/identity-table.ts";
import { CountedScratch } from "../fake/scratch.ts";
import { identity, wordsOf } from "./ledger-reading.ts";

const few = 4;

describe("the table of identities", () => {
  it("gives each a number of its own, the same whenever it is asked, in whatever form", () => {
    const table = new IdentityTable();
    expect([1, 2, 1, 3].map((n) => table.numberOf(identity(n)))).toEqual([0, 1, 0, 2]);
    const bytes = Buffer.from(`ÿÿ${identity(3)}${identity(4)}`, "latin1");
    expect([table.numberIn(bytes, 2), table.numberIn(bytes, 18), table.size]).toEqual([2, 3, 4]);
    const row = new DataView(new ArrayBuffer(18));
    table.write(3, row, 2);
    expect(Buffer.from(row.buffer).toString("latin1", 2)).toBe(identity(4));
  });

  it("gives numbers to many at once, up to the first that has one, also where memory ends between them", () => {
    for (const most of [few, 2 * few, 64]) {
      const table = new IdentityTable(new CountedScratch().new, most);
      const all = Array.from({ length: 30 }, (_, n) => identity(n));
      const words = wordsOf([...all, identity(7), identity(30)]);
      expect([table.addNew(words, 0, 0), table.addNew(words, 0, 11)]).toEqual([0, 11]);
      expect([table.addNew(words, 5 * 4, 20), table.addNew(words, 11 * 4, 21), table.size]).toEqual([
        0, 19, 30,
      ]);
      expect(table.addNew(words, 31 * 4, 1)).toBe(1);
      expect(all.map((each) => table.numberOf(each))).toEqual(all.map((_, at) => at));
      expect(table.numberOf(identity(30))).toBe(30);
    }
  });

  it("is the same table where they come in a row or one by one, twice, and most are outside memory", () => {
    const row = fc.array(fc.nat(150), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.constantFrom(few, 64, undefined), (rows, most) => {
        const scratch = most === undefined ? undefined : new CountedScratch().new;
        const table = new IdentityTable(scratch, most);
        const numbers = new Map<number, number>();
        for (const all of rows) {
          const words = wordsOf(all.map(identity));
          for (let at = 0; at < all.length; at++) {
            const fresh = table.addNew(words, at * 4, all.length - at);
            for (const end = at + fresh; at < end; at++) {
              expect(numbers.has(all[at] as number)).toBe(false);
              numbers.set(all[at] as number, numbers.size);
            }
            const next = all[at];
            if (next !== undefined) expect(table.numberOf(identity(next))).toBe(numbers.get(next));
          }
        }
        for (const [n, at] of numbers) expect(table.numberOf(identity(n))).toBe(at);
        expect(table.size).toBe(numbers.size);
        const other = new IdentityTable(most === undefined ? undefined : new CountedScratch().new, most);
        for (const n of numbers.keys()) other.numberOf(identity(n));
        expect(table.byteLength).toBe(other.byteLength);
      }),
      { numRuns: 300 },
    );
  });

  it("gives one that surely has none a number, also where that is not so", () => {
    const table = new IdentityTable();
    const bytes = Buffer.from(identity(1), "latin1");
    expect([table.addIn(bytes, 0), table.addIn(bytes, 0), table.numberOf(identity(1))]).toEqual([0, 1, 0]);
    expect(table.numberOf(identity(2))).toBe(2);
  });

  it("says whether an identity has a number, and gives it none, also outside memory", () => {
    const table = new IdentityTable(new CountedScratch().new, few);
    for (let n = 0; n < 3 * few; n++) table.numberOf(identity(n));
    expect([0, few, 3 * few - 1, 3 * few].map((n) => table.has(identity(n)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(table.size).toBe(3 * few);
  });

  it("is the same table where most of it is outside memory: numbers, identities, digests", () => {
    const step = fc.tuple(fc.nat(60), fc.option(fc.nat(5), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const table = new IdentityTable(new CountedScratch().new, few);
        const numbers = new Map<number, number>();
        const digests = new Map<number, number>();
        for (const [n, digest] of steps) {
          const at = numbers.get(n) ?? numbers.size;
          numbers.set(n, at);
          expect(table.numberOf(identity(n))).toBe(at);
          if (digest === undefined) continue;
          table.setDigest(at, digest);
          digests.set(at, digest);
        }
        const row = new DataView(new ArrayBuffer(16));
        for (const [n, at] of numbers) {
          table.write(at, row, 0);
          expect([Buffer.from(row.buffer).toString("latin1"), table.digestOf(at)]).toEqual([
            identity(n),
            digests.get(at) ?? 0,
          ]);
        }
        expect(table.size).toBe(numbers.size);
      }),
      { numRuns: 300 },
    );
  });

  it("asks little of the disk where a day is shown in the order it was shown before", () => {
    const scratch = new CountedScratch();
    const table = new IdentityTable(scratch.new, 1024);
    const count = 20_480;
    const all = Array.from({ length: count }, (_, n) => identity(n));
    for (const each of all) table.numberOf(each);
    scratch.reads = 0;
    // New ones in between, and some that are missing.
    for (const [n, each] of all.entries()) {
      if (n % 5_000 === 77) continue;
      if (n % 4_096 === 99) table.numberOf(identity(count + n));
      expect(table.numberOf(each)).toBe(n);
    }
    expect(scratch.reads).toBeLessThan(100);
    expect(scratch.reads).toBeGreaterThan(20_480 / 512 - 4);
  });

  it("finds twins and neighbours that changed places where they are", () => {
    const scratch = new CountedScratch();
    const table = new IdentityTable(scratch.new, 1024);
    const all = Array.from({ length: 4_096 }, (_, n) => identity(n));
    for (const each of all) table.numberOf(each);
    scratch.reads = 0;
    for (let n = 0; n < 3_000; n += 3)
      for (const at of [n + 2, n, n + 1, n]) expect(table.numberOf(all[at] as string)).toBe(at);
    expect(scratch.reads).toBeLessThan(20);
  });

  it("where there is no room outside memory has changed nothing, and goes on when there is", () => {
    const scratch = new CountedScratch();
    const table = new IdentityTable(scratch.new, few);
    const all = Array.from({ length: 100 }, (_, n) => identity(n));
    let failures = 0;
    for (const [n, each] of all.entries())
      for (;;) {
        try {
          expect(table.numberOf(each)).toBe(n);
          break;
        } catch (error) {
          if (!(error instanceof Error && error.message === "no room")) throw error;
          failures++;
          scratch.full = false;
        } finally {
          if (n % few === few - 1 && failures <= n / few) scratch.full = true;
        }
      }
    expect(failures).toBeGreaterThan(10);
    for (const [n, each] of all.entries()) expect(table.numberOf(each)).toBe(n);
    table.close();
    expect(scratch.open).toBe(0);
  });

  it("takes little memory of its own, however many there are", () => {
    const table = new IdentityTable(new CountedScratch().new, 4_096);
    for (let n = 0; n < 100_000; n++) table.numberOf(identity(n));
    // 4,096 in memory, eight blocks, a few runs, and the filter.
    expect(table.byteLength).toBeLessThan(4_096 * 30 + 82_000 + 60_000 + 100_000 * 2);
  });
});
