import { expect, it } from "vitest";
import { IdentityFilter } from "../../src/ingest/identity-filter.ts";
import { wordOf } from "../../src/ingest/identity-row.ts";
import { identity } from "./ledger-reading.ts";

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
