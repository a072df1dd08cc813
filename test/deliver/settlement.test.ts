import { expect, it } from "vitest";
import { sortOut } from "../../src/deliver/settlement.ts";
import { batchOf, shape, spooled } from "./spooled.ts";

const cause = { reason: "bad_event", detail: "no" } as const;
const records = spooled(7).map((record) =>
  record.seq > 4 ? { ...record, source: "other", day: 1 } : record,
);
const rejected = new Map([[1, { ...cause, detail: "rejected" }]]);
const seqs = (letters: readonly { readonly record: { readonly seq: number }; readonly detail: string }[]) =>
  letters.map(({ record, detail }) => [record.seq, detail]);

/** 1 was refused before, 2 is filtered, 4 is rejected, 7 cannot be formatted. */
function batch() {
  const how = shape({
    wanted: ({ uid }) => Number(uid) !== 2,
    encode: ({ uid }) => {
      if (Number(uid) === 7) throw new RangeError();
    },
  });
  return batchOf(records, undefined, new Map([[1, cause]]), how);
}

it("where others are taken, every record of a batch is delivered, filtered or dead, under its source and day", () => {
  const { counts, dead, suspects } = sortOut(batch(), { rejected, proven: true, again: false }, 99);
  expect(counts).toEqual([
    { source: "prod", day: 20_666, delivered: 1, filtered: 1, dead: 2, resent: 0 },
    { source: "other", day: 1, delivered: 2, filtered: 0, dead: 1, resent: 0 },
  ]);
  expect(seqs(dead)).toEqual([
    [1, "no"],
    [7, "cannot be formatted: RangeError"],
    [4, "rejected"],
  ]);
  expect(dead.map(({ at }) => at)).toEqual([99, 99, 99]);
  expect(suspects).toEqual([]);
});

it("where nothing shows that others are taken, what was refused is suspected, and only our own fault is dead", () => {
  const { counts, dead, suspects } = sortOut(batch(), { rejected, proven: false, again: false }, 99);
  expect(seqs(suspects)).toEqual([
    [1, "no"],
    [4, "rejected"],
  ]);
  expect(seqs(dead)).toEqual([[7, "cannot be formatted: RangeError"]]);
  expect(counts[0]).toEqual({ source: "prod", day: 20_666, delivered: 1, filtered: 1, dead: 0, resent: 0 });
});

it("what was delivered before is counted beside the balance, and never as dead", () => {
  const sorting = sortOut(batch(), { rejected, proven: true, again: true }, 99);
  expect(sorting).toEqual({
    counts: [
      { source: "prod", day: 20_666, delivered: 0, filtered: 0, dead: 0, resent: 1 },
      { source: "other", day: 1, delivered: 0, filtered: 0, dead: 0, resent: 2 },
    ],
    dead: [],
    suspects: [],
  });
});
