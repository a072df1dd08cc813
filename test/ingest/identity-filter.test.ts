import { expect, it } from "vitest";
import { IdentityFilter } from "../../src/ingest/identity-filter.ts";
import { wordOf } from "../../src/ingest/identity-row.ts";
import { identity, wordsOf } from "./ledger-reading.ts";

it("never misses one that is there, and passes few that are not, in ten bits each", () => {
  const count = 50_000;
  const filter = new IdentityFilter(count);
  const words = (n: number) => {
    const of = identity(n);
    return [wordOf(of, 4), wordOf(of, 8), wordOf(of, 12)] as const;
  };
  for (let n = 0; n < count; n++) filter.add(...words(n));
  let missed = 0;
  let passed = 0;
  for (let n = 0; n < count; n++) {
    if (!filter.mayHave(...words(n))) missed++;
    if (filter.mayHave(...words(count + n))) passed++;
  }
  expect(missed).toBe(0);
  expect(passed / count).toBeLessThan(0.02);
  expect((filter.byteLength * 8) / count).toBeLessThan(10.1);
});

it("says how many in a row are surely not there", () => {
  const filter = new IdentityFilter(1_000);
  const all = wordsOf([1, 2, 3, 4].map(identity));
  expect([filter.lacks(all, 0, 4), filter.lacks(all, 4, 2), filter.lacks(all, 0, 0)]).toEqual([4, 2, 0]);
  const [b, c, d] = all.subarray(2 * 4 + 1, 3 * 4);
  filter.add(b as number, c as number, d as number);
  expect([filter.lacks(all, 0, 4), filter.lacks(all, 8, 2), filter.lacks(all, 12, 1)]).toEqual([2, 0, 1]);
});
