import { afterEach, beforeEach, expect, it } from "vitest";
import { replayActions } from "../../src/daemon/replay-actions.ts";
import type { Report } from "../../src/report/report.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("tells once what was begun and what was ended, and has the outputs look", () => {
  const reports: Report[] = [];
  let looks = 0;
  const { replays } = state.open();
  const outputs = [{ config: { name: "siem" } }] as never;
  const doing = replayActions(
    { outputs },
    { replays, tell: (report) => reports.push(report), tryOutputs: () => void looks++ },
  );
  const plan = { output: "siem", filter: { from: 0, to: 1000 }, perSecond: 5 };
  expect(doing.plan({ ...plan, output: "other" })).toBeUndefined();
  const planned = doing.plan(plan);
  expect(doing.plan({ ...plan, perSecond: 9 })).toMatchObject({ id: planned?.id, perSecond: 9 });
  expect([doing.cancel("siem"), doing.cancel("siem")]).toEqual([true, false]);
  expect(reports.map(({ type }) => type)).toEqual(["replay_planned", "replay_cancelled"]);
  expect(reports[0]).toMatchObject({ id: planned?.id, from: "1970-01-01T00:00:00.000Z" });
  expect(looks).toBe(4);
});
