import { expect, it } from "vitest";
import { mergeNames, namesByPart } from "../../../src/spool/sqlite/known-names.ts";
import { knownRecord } from "../../fake/records.ts";

const [a, b] = ["aa".repeat(16), "bb".repeat(16)];
const joined = (...records: readonly Buffer[]) => Buffer.concat(records);

it("names are kept by the first byte of their identity", () => {
  const parts = namesByPart(joined(knownRecord(a, 1), knownRecord(b, 2), knownRecord(a, 3, 2)));
  expect([...parts].map(([part, records]) => [part, joined(...records)])).toEqual([
    [0xaa, joined(knownRecord(a, 1), knownRecord(a, 3, 2))],
    [0xbb, knownRecord(b, 2)],
  ]);
});

it("of each record the name that came last is kept", () => {
  const before = joined(knownRecord(a, 1), knownRecord(a, 2, 2));
  expect(mergeNames(before, [knownRecord(a, 3), knownRecord(a, 4, 3), knownRecord(a, 5)])).toEqual(
    joined(knownRecord(a, 5), knownRecord(a, 2, 2), knownRecord(a, 4, 3)),
  );
});
