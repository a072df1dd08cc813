import { expect, it } from "vitest";
import { isRow, wordOf } from "../../src/ingest/identity-row.ts";
import { identity } from "./ledger-reading.ts";

it("a row is known by the words of its identity", () => {
  const of = `${"\u0001\u0002\u0003\u00ff"}${identity(1).slice(4)}`;
  expect(wordOf(of, 0)).toBe(0xff030201);
  const words = [0, 4, 8, 12].map((at) => wordOf(of, at)) as [number, number, number, number];
  const rows = Uint32Array.from([0, 0, 0, 0, 0, ...words, 7]);
  expect([isRow(rows, 5, ...words), isRow(rows, 0, ...words), isRow(rows, 4, ...words)]).toEqual([
    true,
    false,
    false,
  ]);
});
