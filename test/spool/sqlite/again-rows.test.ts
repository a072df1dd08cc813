import fc from "fast-check";
import { expect, it } from "vitest";
import type { Replay } from "../../../src/spool/replay.ts";
import { againColumns, replayOfRow, rowOfReplay } from "../../../src/spool/sqlite/again-rows.ts";

const number = fc.nat();
const texts = fc.array(fc.string(), { maxLength: 3 });
const filter = fc.record(
  { from: number, to: number, actions: texts, users: texts, uids: texts },
  { requiredKeys: ["from", "to"] },
);
const replay: fc.Arbitrary<Replay> = fc.record(
  {
    ...{ output: fc.string(), id: fc.string(), filter, perSecond: number },
    state: fc.constantFrom("running", "done", "cancelled", "stopped"),
    ...{ firstSeq: number, nextSeq: number, through: number, sent: number, refused: number, removed: number },
    ...{ began: number, changed: number, trouble: fc.string() },
  },
  {
    requiredKeys: [
      ...(["output", "id", "filter", "perSecond", "state", "firstSeq", "nextSeq", "through"] as const),
      ...(["sent", "refused", "removed", "began", "changed"] as const),
    ],
  },
);

it("a replay is the same after it was written down, and every column is sealed", () => {
  fc.assert(
    fc.property(replay, (each) => {
      const row = rowOfReplay(each);
      expect(replayOfRow(row)).toEqual(each);
      expect(Object.keys(row).sort()).toEqual([...againColumns.replay].sort());
    }),
  );
});
