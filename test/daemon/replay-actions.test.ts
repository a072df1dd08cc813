import { afterEach, beforeEach, expect, it } from "vitest";
import { replayActions } from "../../src/daemon/replay-actions.ts";
import type { Report } from "../../src/report/report.ts";
import type { Replay } from "../../src/spool/replay.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("tells once what was begun and what was ended, and has the outputs look", () => {
  const reports: Report[] = [];
  let looks = 0;
  let polls = 0;
  const { replays } = state.open();
  const outputs = [{ config: { name: "siem" } }] as never;
  const doing = replayActions(
    { outputs },
    {
      replays,
      tell: (report) => reports.push(report),
      tryOutputs: () => void looks++,
      ingest: { unreadable: (days) => (days.length > 1 ? "busy" : undefined), pollNow: () => void polls++ },
    },
  );
  const plan = { output: "siem", filter: { from: 0, to: 1000 }, perSecond: 5 };
  expect(doing.plan({ ...plan, output: "other" })).toBe("the daemon has no such output");
  const days = { source: "prod", first: 1, end: 2, perSecond: 5 };
  expect(doing.plan({ ...plan, days: [days, { ...days, source: "b" }] })).toBe("busy");
  const planned = doing.plan({ ...plan, days: [days] }) as Replay;
  expect(polls).toBe(1);
  expect(doing.plan({ ...plan, perSecond: 9 })).toMatchObject({ id: planned.id, perSecond: 9 });
  expect([doing.cancel("siem"), doing.cancel("siem")]).toEqual([true, false]);
  expect(reports.map(({ type }) => type)).toEqual(["replay_planned", "replay_cancelled"]);
  expect(reports[0]).toMatchObject({ id: planned.id, sources: ["prod"], from: "1970-01-01T00:00:00.000Z" });
  expect(looks).toBe(4);
});
