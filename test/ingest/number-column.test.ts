import { expect, it } from "vitest";
import { NumberColumn } from "../../src/ingest/number-column.ts";

it("a column remembers what was set, and is 0 elsewhere", () => {
  const column = new NumberColumn();
  expect([column.get(0), column.get(1e6), column.length]).toEqual([0, 0, 0]);
  column.set(5, 7);
  column.set(1000, 2 ** 32 - 1);
  expect([4, 5, 999, 1000, 1001, 5000].map((at) => column.get(at))).toEqual([0, 7, 0, 2 ** 32 - 1, 0, 0]);
  expect(column.length).toBeLessThan(2100);
});
