import { expect, it } from "vitest";
import { progressLine } from "../../src/command/progress-line.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { fakeTerminal } from "./fake-terminal.ts";

it("tells what takes longer than a second, five times a second, and leaves nothing", () => {
  const clock = new ManualClock(0);
  const terminal = fakeTerminal({ clock, stderrIsTTY: true });
  const line = progressLine(terminal);
  line.show("the spool", 0.1);
  expect(terminal.err()).toBe("");
  clock.advance(1_500);
  line.show("the spool", 0.256);
  line.show("the spool", 0.26);
  expect(terminal.err()).toBe("\r\u001b[Klooking through the spool: 25 %");
  line.clear();
  line.clear();
  expect(terminal.err()).toMatch(/%\r\u001b\[K$/);
});

it("says no part where nobody knows how much there is", () => {
  const clock = new ManualClock(0);
  const terminal = fakeTerminal({ clock, stderrIsTTY: true });
  const line = progressLine(terminal);
  clock.advance(1_500);
  line.show("prod, 9 records");
  expect(terminal.err()).toBe("\r\u001b[Klooking through prod, 9 records");
});

it("writes nothing where nobody watches", () => {
  const clock = new ManualClock(0);
  const terminal = fakeTerminal({ clock });
  const line = progressLine(terminal);
  clock.advance(5_000);
  line.show("the spool", 0.5);
  line.clear();
  expect(terminal.err()).toBe("");
});
