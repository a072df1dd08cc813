import { expect, it } from "vitest";
import { comparisonDue, type DueOptions, patienceMs, settleMs } from "../../src/ingest/comparison-due.ts";
import { dayMs, today } from "../fake/records.ts";

const hourMs = 3_600_000;
const end = today * dayMs;
const row = { day: today - 1, open: false, shown: 3, known: 3, kept: 3, missing: 0, extra: 0, examples: [] };

/** Of yesterday, at so many hours after its end, with everything read until now. */
function due(hours: number, changes: Partial<DueOptions> = {}): boolean {
  const now = end + hours * hourMs;
  return comparisonDue({
    ...{ day: today - 1, row: undefined, doubted: undefined, suspected: undefined, now, read: now },
    ...{ startedAt: end, showsChanges: true, kept: 3, ...changes },
  });
}

it("is a day that has ended and settled, once every primary was read beyond it", () => {
  expect([due(0.9), due(1)]).toEqual([false, true]);
  expect(due(3, { read: end - 1 })).toBe(false);
  expect(due(24, { read: end - 1 })).toBe(true);
  expect(due(30, { read: 0, startedAt: end + 7 * hourMs })).toBe(false);
});

it("is a day with a doubt that has settled, and not before", () => {
  const doubted = end + 2 * hourMs;
  expect(due(2.9, { doubted })).toBe(false);
  expect(due(3, { doubted })).toBe(true);
  expect(due(9, { doubted, read: doubted + settleMs - 1 })).toBe(false);
  expect(due(2 + patienceMs / hourMs, { doubted, read: 0 })).toBe(true);
});

it("is one that goes on where what the witness was shown stays unknown, once an hour at most", () => {
  const ofToday = { day: today, suspected: end + hourMs };
  expect([due(1.9, ofToday), due(2, ofToday)]).toEqual([false, true]);
  const compared = { ...row, day: today, open: true, compared: end + 2 * hourMs };
  expect([due(2.9, { ...ofToday, row: compared }), due(3, { ...ofToday, row: compared })]).toEqual([
    false,
    true,
  ]);
  expect(due(20, { day: today, row: compared })).toBe(false);
});

it("is one of which something was shown since: soon where it says so itself, and else now and then", () => {
  const changed = { row: { ...row, open: true, compared: end + 2 * hourMs } };
  expect([due(2.9, changed), due(3, changed)]).toEqual([false, true]);
  const polled = { ...changed, showsChanges: false };
  expect([due(7.9, polled), due(8, polled)]).toEqual([false, true]);
});

it("is one of which more was kept since, by whichever source, whether it differed or not", () => {
  for (const missing of [0, 1]) {
    const compared = { ...row, missing, compared: end + 2 * hourMs };
    expect(due(4, { row: compared })).toBe(false);
    expect([due(2.9, { row: compared, kept: 4 }), due(3, { row: compared, kept: 4 })]).toEqual([false, true]);
  }
});

it("is one that could not be compared, once a day for a week", () => {
  const failed = { row: { ...row, open: true, compared: end + 2 * hourMs, trouble: "it was cut" } };
  expect([due(25, failed), due(26, failed)]).toEqual([false, true]);
  const old = { ...failed.row, compared: end + 7 * 24 * hourMs };
  expect(due(8 * 24, { row: old })).toBe(false);
});

it("is again one that is three and seven days old: what is gone shows nothing by itself", () => {
  const at = (hours: number, compared: number) =>
    due(hours, { row: { ...row, compared: end + compared * hourMs } });
  expect([at(48.9, 2), at(49, 2), at(60, 49)]).toEqual([false, true, false]);
  expect([at(144.9, 49), at(145, 49), at(400, 145)]).toEqual([false, true, false]);
});

it("is again one that differs: once a day, and seldom when it is old", () => {
  const at = (hours: number, compared: number) =>
    due(hours, { row: { ...row, missing: 1, since: end, compared: end + compared * hourMs } });
  expect([at(25.9, 2), at(26, 2)]).toEqual([false, true]);
  const day = 24;
  expect([at(80 * day, 71 * day), at(80 * day, 70 * day)]).toEqual([false, true]);
});

it("does not wait for a clock that was ahead", () => {
  const ahead = { ...row, open: true, compared: end + 400 * dayMs };
  expect(due(3, { row: ahead })).toBe(true);
});
