import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PassageTable } from "../../src/ingest/passage-table.ts";

const fingerprint = (n: number) => createHash("sha256").update(String(n)).digest();
const numbers = (n: number) => Array.from({ length: n % 7 }, (_, at) => n * 1000 + at);

describe("what is kept for fingerprints", () => {
  it("is found again, however many there are, and only that", () => {
    const table = new PassageTable();
    for (let n = 0; n < 5_000; n++) table.put(fingerprint(n), numbers(n));
    for (let n = 0; n < 5_000; n++) expect([...(table.find(fingerprint(n)) ?? [])]).toEqual(numbers(n));
    expect(table.find(fingerprint(5_000))).toBeUndefined();
    expect(table.byteLength).toBeLessThan(5_000 * 100);
  });

  it("takes little more memory than it has, however much that is", () => {
    const table = new PassageTable();
    const each = [1, 2, 3, 4, 5, 6, 7, 8];
    for (let n = 0; n < 100_000; n++) table.put(fingerprint(n), each);
    const places = 2 ** 18 * 4;
    expect(table.byteLength).toBeLessThan(100_000 * 13 * 4 * 1.05 + places);
    for (let n = 0; n < 100_000; n += 999) expect([...(table.find(fingerprint(n)) ?? [])]).toEqual(each);
  });

  it("may be very many numbers", () => {
    const table = new PassageTable();
    const many = Array.from({ length: 200_000 }, (_, at) => at);
    for (const n of [1, 2, 3]) table.put(fingerprint(n), n === 2 ? many : [n]);
    expect([...(table.find(fingerprint(2)) ?? [])]).toEqual(many);
    expect([1, 3].map((n) => table.find(fingerprint(n))?.[0])).toEqual([1, 3]);
  });

  it("is what came last", () => {
    const table = new PassageTable();
    for (let n = 0; n < 300; n++) table.put(fingerprint(n % 3), [n]);
    expect([0, 1, 2].map((n) => table.find(fingerprint(n))?.[0])).toEqual([297, 298, 299]);
  });

  it("tells fingerprints apart that begin alike", () => {
    const table = new PassageTable();
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 1)];
    two[15] = 2;
    table.put(one, [1]);
    expect(table.find(two)).toBeUndefined();
    table.put(two, [2]);
    expect([table.find(one)?.[0], table.find(two)?.[0]]).toEqual([1, 2]);
  });
});
