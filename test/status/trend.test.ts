import { describe, expect, it } from "vitest";
import { Trend } from "../../src/status/trend.ts";

const minute = 60_000;
const start = Date.UTC(2026, 7, 1, 12);

describe("the past of a hop", () => {
  it("is known by the minute, by the quarter of an hour and by the hour", () => {
    const trend = new Trend("output soc");
    for (let at = 0; at < 120; at++) {
      trend.add(10, 1_000, start + at * minute);
      trend.behind(at % 15, start + at * minute);
    }
    const now = start + 119 * minute;
    expect(trend.spans(60, 2, now)).toEqual([
      { events: 10, bytes: 1_000, lag: 13 },
      { events: 10, bytes: 1_000, lag: 14 },
    ]);
    expect(trend.spans(900, 2, now)).toEqual([
      { events: 150, bytes: 15_000, lag: 14 },
      { events: 150, bytes: 15_000, lag: 14 },
    ]);
    expect(trend.spans(3_600, 3, now).map(({ events, lag }) => [events, lag])).toEqual([
      [0, null],
      [600, 14],
      [600, 14],
    ]);
    expect(trend.spans(14_400, 1, now)).toEqual([{ events: 1_200, bytes: 120_000, lag: 14 }]);
  });

  it("shows each event in each resolution, and loses none at an edge", () => {
    const trend = new Trend("output soc");
    const now = start + 170 * minute;
    for (let at = 0; at <= 170; at += 7) trend.add(3, 0, start + at * minute);
    const sum = (step: number, count: number) =>
      trend.spans(step, count, now).reduce((total, { events }) => total + events, 0);
    expect([sum(60, 180), sum(900, 96), sum(3_600, 168), sum(14_400, 180)]).toEqual([75, 75, 75, 75]);
  });

  it("forgets as its ring turns", () => {
    const trend = new Trend("output soc");
    trend.add(3, 0, start);
    const later = start + 185 * minute;
    trend.add(4, 0, later);
    expect(trend.spans(60, 185, later).reduce((sum, { events }) => sum + events, 0)).toBe(4);
    expect(trend.spans(60, 1, start)).toEqual([{ events: 0, bytes: 0, lag: null }]);
  });

  it("gives what has changed once, coarse spans only when one is over, and takes it in again as it was", () => {
    const trend = new Trend("output soc");
    trend.add(3, 30, start);
    trend.behind(2.4, start);
    expect(trend.takeChanged(start, false).map(({ step }) => step)).toEqual([60]);
    expect(trend.takeChanged(start, false)).toEqual([]);
    expect(trend.takeChanged(start + 15 * minute, false).map(({ step }) => step)).toEqual([900]);
    trend.add(1, 1, start + 15 * minute);
    const all = trend.takeChanged(start + 15 * minute, true);
    expect(all.map(({ step }) => step)).toEqual([60, 900, 3_600]);
    for (const { spans } of all) expect(spans.length).toBeLessThan(16_000);
    const again = new Trend("output soc");
    again.restore(all, start + 16 * minute);
    expect(again.latest).toBe(start + 15 * minute);
    expect(again.spans(900, 2, start + 15 * minute)).toEqual(trend.spans(900, 2, start + 15 * minute));
    expect(again.spans(60, 1, start)).toEqual([{ events: 3, bytes: 30, lag: 2 }]);
    expect(again.takeChanged(start + 16 * minute, true)).toEqual([]);
  });

  it("makes coarse spans that were not kept of finer ones", () => {
    const trend = new Trend("output soc");
    trend.add(3, 30, start);
    trend.behind(5, start);
    const minutes = trend.takeChanged(start, false);
    const again = new Trend("output soc");
    again.restore(minutes, start + minute);
    for (const step of [900, 3_600, 14_400])
      expect(again.spans(step, 1, start)).toEqual([{ events: 3, bytes: 30, lag: 5 }]);
  });

  it("takes nothing in that is still to come, or too old to be shown", () => {
    const trend = new Trend("output soc");
    trend.add(3, 30, start);
    const kept = trend.takeChanged(start, true);
    for (const now of [start - 24 * 60 * minute, start + 40 * 24 * 60 * minute]) {
      const again = new Trend("output soc");
      again.restore(kept, now);
      expect(again.extent).toBeUndefined();
    }
    const cut = new Trend("output soc");
    cut.restore([{ ...kept[0], spans: new Uint8Array(7) } as never], start);
    expect(cut.extent).toBeUndefined();
  });
});
