import { expect, it } from "vitest";
import { ReplayShow } from "../../src/command/replay-show.ts";
import { replayStatus } from "../../src/status/replay-status.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const at = (nextSeq: number) =>
  replayStatus({
    ...{ output: "siem", id: "7", state: "running", perSecond: 5, filter: { from: 0, to: 1 } },
    ...{ firstSeq: 1, nextSeq, through: 10, sent: nextSeq - 1, refused: 0, removed: 0, began: 0, changed: 0 },
  });

it("redraws one line of a terminal, and leaves nothing of it", () => {
  const terminal = fakeTerminal({ stderrIsTTY: true });
  const show = new ReplayShow(terminal, false);
  show.progress(at(1));
  show.progress(at(4));
  show.end();
  const drawn = terminal.err().split("\r\u001b[K");
  expect([drawn.length, drawn[2], drawn[3]]).toEqual([4, expect.stringContaining("3 of 10 records"), ""]);
});

it("writes a line now and then elsewhere", () => {
  const clock = new ManualClock(0);
  const terminal = fakeTerminal({ clock });
  const show = new ReplayShow(terminal, false);
  for (const next of [1, 2]) show.progress(at(next));
  clock.advance(31_000);
  for (const next of [2, 3]) show.progress(at(next));
  expect(terminal.err().trim().split("\n")).toHaveLength(2);
});

it("writes a document for programs whenever it got on", () => {
  const terminal = fakeTerminal();
  const show = new ReplayShow(terminal, true);
  for (const next of [1, 1, 5]) show.progress(at(next));
  const documents = terminal.out().trim().split("\n");
  expect(documents.map((text) => JSON.parse(text).records_left)).toEqual([10, 6]);
});
