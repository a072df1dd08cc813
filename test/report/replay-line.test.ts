import { expect, it } from "vitest";
import { lineOf } from "../../src/report/line-of.ts";
import { isOfReplay, type ReplayReport } from "../../src/report/replay-line.ts";

const ended = {
  type: "replay_ended",
  output: "siem",
  id: "7",
  state: "done",
  sent: 1200,
  refused: 0,
  removed: 0,
} as const;

it.each<[ReplayReport, string, string]>([
  [
    { type: "replay_planned", output: "siem", id: "7", from: "A", to: "B", sources: [] },
    "info",
    "replay 7: events of A up to, and without, B are sent again",
  ],
  [
    { type: "replay_planned", output: "siem", id: "7", from: "A", to: "B", sources: ["prod", "old"] },
    "info",
    "with days that are read from prod, old",
  ],
  [{ ...ended, trouble: undefined }, "info", "replay 7 done: 1,200 events sent again"],
  [{ ...ended, refused: 2, trouble: undefined }, "warn", "sent again, 2 refused"],
  [{ ...ended, removed: 3, trouble: undefined }, "warn", "3 records had to be removed"],
  [{ ...ended, state: "stopped", trouble: "too many" }, "warn", "stopped: 1,200 events sent again; too many"],
  [{ type: "replay_cancelled", output: "siem" }, "info", "output siem: replay cancelled"],
])("%j", (report, level, text) => {
  expect(isOfReplay(report)).toBe(true);
  const line = lineOf(report);
  expect([line.level, line.msg]).toEqual([level, expect.stringContaining(text)]);
});
