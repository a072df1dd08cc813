import { expect, it } from "vitest";
import type { Cursor } from "../../../src/record/reading.ts";
import { shelfClosing } from "../../../src/source/stored-log/shelf-closing.ts";
import {
  type ShelfProgress,
  shelfCursorOf,
  type VolumeRow,
} from "../../../src/source/stored-log/shelf-progress.ts";
import { dayMs } from "../../../src/time/clock.ts";

const today = 20_666;
const now = today * dayMs;
const wanted = { at: 0 };
const row = (day: number, changes: Partial<VolumeRow> = {}): VolumeRow => ({
  ...{ id: `${day}`, name: `${day}`, version: "1", size: 9, changedAt: (day + 1) * dayMs, days: [day, day] },
  ...changes,
});

function over(...rows: VolumeRow[]): number[] {
  const oldest = today - 30;
  const cursor = shelfCursorOf({ start: (today - 20) * dayMs, wanted, rows, before: 0, oldest });
  const { first, isOver } = shelfClosing(cursor) ?? expect.unreachable();
  expect(first).toBe(today - 20);
  return [12, 5, 4, 3, 2, 1].filter((age) => isOver(today - age, now));
}

it("is over when a later day was read, and what shows it has settled", () => {
  expect(over(row(today - 5), row(today - 4), row(today - 3))).toEqual([12, 5, 4]);
  expect(over(row(today - 5), row(today - 4, { changedAt: now - dayMs }), row(today - 3))).toEqual([12, 5]);
  expect(over(row(today - 5), row(today - 2), row(today - 1))).toEqual([12, 5, 4, 3]);
});

it("is over by its age where no later day comes", () => {
  expect(over(row(today - 12))).toEqual([12]);
  expect(over()).toEqual([12]);
});

it("waits for a line's end, and for what cannot be read", () => {
  const fault = { reason: "forbidden", message: "no", fix: "yes", until: "round", at: 1 } as const;
  expect(over(row(today - 5, { half: true }), row(today - 1))).toEqual([12, 4, 3, 2]);
  expect(over(row(today - 5, { fault }), row(today - 1))).toEqual([12, 4, 3, 2]);
  const { days: _, ...unread } = row(today - 5, { fault });
  expect(over(unread, row(today - 1))).toEqual([3, 2]);
});

it("goes by the newest entry of what a clock that was ahead has changed", () => {
  const changedAt = now + 365 * dayMs;
  expect(over(row(today - 12, { changedAt }), row(today - 5, { changedAt }), row(today - 1))).toEqual([
    12, 4, 3, 2,
  ]);
  expect(over(row(today - 12, { changedAt, half: true }), row(today - 1))).toEqual([5, 4, 3, 2]);
});

it("says nothing of days before the oldest entry and the oldest volume", () => {
  const first = (progress: Partial<ShelfProgress>) =>
    shelfClosing(shelfCursorOf({ start: (today - 20) * dayMs, wanted, rows: [], before: 0, ...progress }))
      ?.first;
  expect(first({ oldest: today - 12 })).toBe(today - 12);
  // As an earlier version wrote it.
  expect(first({ rows: [row(today - 5), row(today - 9), row(today - 7)] })).toBe(today - 9);
  expect(first({ rows: [row(today - 5, { changedAt: (today - 8) * dayMs })] })).toBe(today - 8);
  expect(first({})).toBe(Number.POSITIVE_INFINITY);
});

it("is never over of what another program wrote", () => {
  for (const text of ["", "no JSON", '{"volumes":99}', "{}"])
    expect(shelfClosing(text as Cursor)).toBeUndefined();
});
