import { describe, expect, it } from "vitest";
import type { Cursor } from "../../../src/record/reading.ts";
import {
  keptProgress,
  type ShelfProgress,
  shelfCursorOf,
  shelfProgressOf,
  shelfStarted,
  shelfTexts,
  type VolumeRow,
} from "../../../src/source/stored-log/shelf-progress.ts";

const day = 86_400_000;
const row = (at: number, more: Partial<VolumeRow> = {}): VolumeRow => ({
  ...{ id: `${at}`, name: `${at}`, version: "1", size: 1, changedAt: at, ...more },
});
const progress = (rows: readonly VolumeRow[]): ShelfProgress => ({
  start: 5,
  wanted: "now",
  rows,
  before: 0,
});
const again = (rows: readonly VolumeRow[]) => shelfProgressOf(shelfCursorOf(progress(rows)));

describe("the cursor of volumes", () => {
  it("comes back as it was given", () => {
    const rows = [row(1, { anchor: 3, after: "0", fault: undefined as never }), row(2)];
    expect(again(rows)).toEqual(JSON.parse(JSON.stringify(progress(rows))));
  });

  it("of another kind of source is none, and that of a newer program an error", () => {
    expect(shelfProgressOf('{"version":1,"server":{}}' as Cursor)).toBeUndefined();
    expect(() => shelfProgressOf('{"volumes":2}' as Cursor)).toThrow("version 2");
    expect(shelfStarted('{"volumes":2}' as Cursor)).toBeUndefined();
    expect(shelfTexts("file", "no JSON" as Cursor)).toEqual([]);
  });

  it("forgets the oldest of very many, but none of the last days and none that cannot be read", () => {
    const fault = { reason: "forbidden", message: "denied", fix: "", until: "round", at: 0 } as const;
    const daily = Array.from({ length: 2500 }, (_, at) => row(at * day, at === 3 ? { fault } : {}));
    const kept = again(daily) as ShelfProgress;
    expect(kept.rows).toHaveLength(2001);
    expect(kept.rows[0]?.fault).toEqual(fault);
    expect(kept.before).toBe(499 * day + 1);
    const busy = Array.from({ length: 5000 }, (_, at) => row(at * 10));
    expect(again(busy)?.rows).toHaveLength(5000);
    const hidden = keptProgress(progress(daily), Number.NEGATIVE_INFINITY).progress;
    expect([hidden.rows.length, hidden.before]).toEqual([2500, 0]);
    const flood = Array.from({ length: 25_000 }, (_, at) => row(at));
    expect(again(flood)?.rows).toHaveLength(20_000);
  });

  it("says what was left out, and what waits or fails", () => {
    const fault = { reason: "forbidden", message: "denied", fix: "", until: "round", at: 0 } as const;
    const cursor = shelfCursorOf(
      progress([
        row(1, { leftOut: 2, half: true }),
        row(2, { leftOut: 3 }),
        ...[3, 4, 5, 6].map((at) => row(at, { fault })),
      ]),
    );
    expect(shelfStarted(cursor)).toEqual({ since: 5, leftOut: 5 });
    expect(shelfTexts("file", cursor)).toEqual([
      "6 files known",
      "the last line of 1 has no end yet, and waits",
      ...["denied", "denied", "denied"],
      "and 1 more cannot be read",
    ]);
  });
});
