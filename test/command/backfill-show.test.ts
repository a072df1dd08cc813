import { expect, it } from "vitest";
import { BackfillShow } from "../../src/command/backfill-show.ts";
import type { BackfillStatus } from "../../src/status/backfill-status.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const status = (left: number, trouble: string | null = null): BackfillStatus => ({
  ...{ source: "prod", state: "running", from: "2026-08-01", to: "2026-08-11", next: "2026-08-05" },
  ...{ days: 10, days_left: left, records_per_second: 5_000, fetched: 100 * (10 - left), new: 0 },
  ...{ gap_days: 0, began: "", changed: "", trouble, output: null },
});

it("redraws one line of a terminal, and leaves nothing of it", () => {
  const terminal = fakeTerminal({ stderrIsTTY: true });
  const show = new BackfillShow(terminal, false);
  show.progress(status(10));
  show.progress(status(9));
  show.end();
  const drawn = terminal.err().split("\r\u001b[K");
  expect(drawn).toHaveLength(4);
  expect(drawn[2]).toContain("1 of 10 days");
  expect(drawn[3]).toBe("");
});

it("writes a line now and then elsewhere, and at once where something is wrong", () => {
  const clock = new ManualClock(0);
  const terminal = fakeTerminal({ clock });
  const show = new BackfillShow(terminal, false);
  const lines = () => terminal.err().split("\n").length - 1;
  show.progress(status(10));
  show.progress(status(9));
  expect(lines()).toBe(1);
  clock.advance(31_000);
  show.progress(status(9));
  expect(lines()).toBe(1);
  show.progress(status(8));
  expect(lines()).toBe(2);
  show.progress(status(8, "the server is down"));
  expect(terminal.err()).toMatch(/the server is down\n$/);
});

it("writes a document for programs whenever a day is read", () => {
  const terminal = fakeTerminal();
  const show = new BackfillShow(terminal, true);
  for (const left of [10, 10, 9]) show.progress(status(left));
  show.end();
  const documents = terminal.out().trim().split("\n");
  expect(documents.map((text) => JSON.parse(text).days_left)).toEqual([10, 9]);
  expect(terminal.err()).toBe("");
});
