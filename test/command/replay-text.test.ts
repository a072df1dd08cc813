import { expect, it } from "vitest";
import { replayBar, replayEnd, replayProgress, replayUnderway } from "../../src/command/replay-text.ts";
import { replayStatus } from "../../src/status/replay-status.ts";

const day = 86_400_000;
const at = (nextSeq: number, sent: number, more: { refused?: number; trouble?: string } = {}) =>
  replayStatus({
    ...{ output: "siem", id: "7", state: "running", perSecond: 5, filter: { from: 0, to: day } },
    ...{ firstSeq: 1, nextSeq, through: 2000, sent, refused: 0, removed: 0, began: 0, changed: 0, ...more },
  });

it("tells how far it is, how fast, and for how long it goes on", () => {
  expect(replayProgress(at(1001, 600), at(1, 0), 10)).toBe(
    "siem: 1,000 of 2,000 records looked through, 600 events sent again, 60/s, 10 s left",
  );
  expect(replayProgress(at(1, 0, { refused: 2 }), at(1, 0), 0)).toBe(
    "siem: 0 of 2,000 records looked through, 0 events sent again, 2 refused",
  );
});

it("draws a bar that fits into the line", () => {
  const bar = replayBar("siem: text", at(1001, 600), 100);
  expect(bar).toBe("[#####.....] siem: text");
  expect(replayBar("x".repeat(200), at(1, 0), 80)).toHaveLength(79);
});

it("says what is under way and how it ended", () => {
  expect(replayUnderway(at(1001, 600))).toBe(
    "replay 7 of 1970-01-01 up to, and without, 1970-01-02 under way: 600 events sent again, 1,000 of 2,000 records left to look through",
  );
  const ended = replayEnd({
    ...at(2001, 600, { refused: 1, trouble: "no more" }),
    state: "stopped",
    removed: 2,
  });
  expect(ended).toContain("stopped: 600 events sent again; 1 event refused; 2 records had to be removed");
  expect(ended).toContain("; no more");
});

it("says that nothing matched, or how many of the uids that were named did not", () => {
  const done = { ...at(2001, 0), state: "done" as const };
  expect(replayEnd(done)).toContain(
    "done: 0 events sent again; nothing of that time matches, or the output's filter",
  );
  expect(replayEnd({ ...done, uids: 4, sent: 2, refused: 1 })).toContain(
    "; 1 of 4 uids not found there, or left out",
  );
  expect(replayEnd({ ...done, uids: 4, sent: 4 })).toMatch(/4 events sent again$/);
  expect(replayEnd({ ...done, sent: 4 })).toMatch(/4 events sent again$/);
  expect(replayEnd({ ...done, state: "cancelled", uids: 4 })).toMatch(/0 events sent again$/);
});

it("tells of the days that are read for it, and counts them for the bar", () => {
  const day = { source: "prod", first: 1, end: 5, next: 2, perSecond: 5, state: "running" as const };
  const counts = { fetched: 5, fresh: 0, gaps: 0, began: 0, changed: 0, trouble: "waits for room" };
  const reading = replayStatus({
    ...{ output: "siem", id: "7", state: "running", perSecond: 5, filter: { from: 0, to: 5 } },
    ...{ firstSeq: 9, nextSeq: 9, through: 8, sent: 30, refused: 0, removed: 0, began: 0, changed: 0 },
    ...{ days: [{ ...day, ...counts }], waiting: 10 },
  });
  const text = replayProgress(reading, reading, 1);
  expect(text).toBe(
    "siem: 1 of 4 days of prod read, 10 records to look through wait, 30 events sent again, waits for room",
  );
  // A quarter of the days, and three quarters of what they showed.
  expect(replayBar(text, reading, 100)).toMatch(/^\[#####\.\.\.\.\.\]/);
});

it("says of days how many were read until it ended", () => {
  const day = { source: "prod", first: 1, end: 5, perSecond: 5, fetched: 5, fresh: 0, gaps: 0 };
  const ended = (state: "cancelled" | "done", next: number) =>
    replayEnd(
      replayStatus({
        ...{ output: "siem", id: "7", state, perSecond: 5, filter: { from: 0, to: 5 }, waiting: 0 },
        ...{ firstSeq: 9, nextSeq: 9, through: 8, sent: 30, refused: 0, removed: 0, began: 0, changed: 0 },
        days: [{ ...day, state, next, began: 0, changed: 0 }],
      }),
    );
  expect(ended("cancelled", 2)).toMatch(/30 events sent again; 1 of 4 days read from prod$/);
  expect(ended("done", 5)).toMatch(/30 events sent again; 4 days read from prod$/);
});
