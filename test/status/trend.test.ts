import { describe, expect, it } from "vitest";
import { keptMeasures, Trend } from "../../src/status/trend.ts";

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

  it("gives what has changed once, and takes it in again as it was", () => {
    const trend = new Trend("output soc");
    trend.add(3, 30, start);
    trend.behind(2.4, start);
    const changed = trend.takeChanged();
    expect(changed.map(({ step }) => step)).toEqual([60, 900, 3_600]);
    expect(changed[0]).toEqual({
      ...{ hop: "output soc", step: 60, at: start / 1000, events: 3, bytes: 30, lag: 2, latest: start },
    });
    expect(trend.takeChanged()).toEqual([]);
    const again = new Trend("output soc");
    for (const measure of changed) again.restore(measure);
    expect(again.latest).toBe(start);
    again.add(1, 1, start + 1);
    expect(again.spans(60, 1, start)).toEqual([{ events: 4, bytes: 31, lag: 2 }]);
    expect(again.takeChanged().map(({ step, events }) => [step, events])).toEqual([
      [60, 4],
      [900, 4],
      [3_600, 4],
    ]);
  });

  it("is kept for as long as it is shown, in so many rows a hop", () => {
    const rows = [...keptMeasures].reduce((sum, [step, span]) => sum + span / step, 0);
    expect(rows).toBe(1_030);
  });
});
