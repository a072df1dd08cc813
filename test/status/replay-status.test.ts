import { expect, it } from "vitest";
import { replayStatus } from "../../src/status/replay-status.ts";

it("tells how far it is, and of whom and which events only how many", () => {
  const shown = replayStatus({
    ...{ output: "siem", id: "20260801000000", state: "running", perSecond: 5 },
    filter: { from: 0, to: 60_000, actions: ["user:*"], users: ["ann@example.com"], uids: ["1", "2"] },
    ...{ firstSeq: 11, nextSeq: 15, through: 20, sent: 3, refused: 1, removed: 0, began: 0, changed: 1000 },
  });
  expect(shown).toMatchObject({
    ...{ from: "1970-01-01T00:00:00.000Z", to: "1970-01-01T00:01:00.000Z", actions: ["user:*"] },
    ...{ users: 1, uids: 2, records: 10, records_left: 6, sent: 3, refused: 1, trouble: null },
  });
  expect(JSON.stringify(shown)).not.toContain("ann");
});
