import fc from "fast-check";
import { expect, it } from "vitest";
import type { BackfillProgress } from "../../../src/spool/backfill.ts";
import { backfillColumns, backfillOfRow, rowOfBackfill } from "../../../src/spool/sqlite/backfill-row.ts";

const progress: fc.Arbitrary<BackfillProgress> = fc.record(
  {
    ...{ source: fc.string(), first: fc.nat(), end: fc.nat(), next: fc.nat(), perSecond: fc.nat() },
    ...{ began: fc.nat(), changed: fc.nat(), fetched: fc.nat(), fresh: fc.nat(), gaps: fc.nat() },
    ...{ seen: fc.nat(), failures: fc.nat(), trouble: fc.string(), place: fc.string() },
    state: fc.constantFrom("running" as const, "done" as const, "cancelled" as const),
  },
  {
    requiredKeys: [
      "source",
      "first",
      "end",
      "next",
      "perSecond",
      "began",
      "changed",
      "fetched",
      "fresh",
      "gaps",
      "seen",
      "failures",
      "state",
    ],
  },
);

it("a backfill is the same after it was written down, and every column is sealed", () => {
  fc.assert(
    fc.property(progress, (each) => {
      const row = rowOfBackfill(each);
      expect(backfillOfRow(row)).toEqual(each);
      expect(Object.keys(row).sort()).toEqual([...backfillColumns].sort());
    }),
  );
});
