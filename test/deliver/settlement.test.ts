import { expect, it } from "vitest";
import { settlementOf } from "../../src/deliver/settlement.ts";
import { batchOf, shape, spooled } from "./spooled.ts";

const cause = { reason: "bad_event", detail: "no" } as const;

it("every record of a batch is delivered, filtered or dead, under its source and day", () => {
  const records = spooled(6).map((record) =>
    record.seq > 4 ? { ...record, source: "other", day: 1 } : record,
  );
  const wanted = ({ uid }: { uid: string }) => Number(uid) !== 2;
  const batch = batchOf(records, undefined, new Map([[1, cause]]), shape({ wanted }));
  const { counts, dead } = settlementOf(batch, new Map([[1, { ...cause, detail: "rejected" }]]), 99);
  expect(counts).toEqual([
    { source: "prod", day: 20_666, delivered: 1, filtered: 1, dead: 2 },
    { source: "other", day: 1, delivered: 2, filtered: 0, dead: 0 },
  ]);
  expect(dead.map(({ record, detail, at }) => [record.seq, detail, at])).toEqual([
    [1, "no", 99],
    [4, "rejected", 99],
  ]);
});
