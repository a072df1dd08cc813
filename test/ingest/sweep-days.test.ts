import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstSweeps, knowsDate, resumedSweeps, sweepDate, sweepDays } from "../../src/ingest/sweep-days.ts";
import { dayMs } from "../../src/time/clock.ts";
import { today } from "../fake/records.ts";

const reach = { since: 0, owed: [] };
const minuteMs = 60_000;

describe("the days of a sweep", () => {
  it("are one, three and seven days old", () => {
    expect(sweepDays(today, today, reach)).toEqual([today - 7, today - 3, today - 1]);
  });

  it("have one a day before the last that the source shows, and none that it does not", () => {
    const back = (window: number) => sweepDays(today, today, { ...reach, window }).map((day) => today - day);
    expect(back(7)).toEqual([7, 6, 3, 1]);
    expect(back(30)).toEqual([29, 7, 3, 1]);
    expect(back(5)).toEqual([4, 3, 1]);
    expect(back(1)).toEqual([1]);
  });

  it("lack what is not wanted, and what has not been read yet", () => {
    expect(sweepDays(today, today, { ...reach, since: (today - 3) * dayMs + 1 })).toEqual([today - 1]);
    expect(sweepDays(today, today, { ...reach, owed: [today - 3] })).toEqual([today - 7, today - 1]);
  });

  it("are all of a span, each once, however many nights are made up for at a time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.option(fc.integer({ min: 1, max: 40 })), (nights, w) => {
        const window = w ?? undefined;
        const within = window === undefined ? reach : { ...reach, window };
        const dates = Array.from({ length: nights }, (_, at) => today - nights + 1 + at);
        const swept = dates.flatMap((date) => sweepDays(date, today, within));
        expect(new Set(swept).size).toBe(swept.length);
        const each = new Set(dates.flatMap((date) => sweepDays(date, date, within)));
        expect([...each].filter((day) => !swept.includes(day))).toEqual([]);
      }),
    );
  });

  it("come in the hour after midnight UTC, when the day that has ended has settled", () => {
    const at = (minutes: number, spread: number) => sweepDate(today * dayMs + minutes * minuteMs, spread);
    expect([at(14, 0), at(15, 0), at(37, 0.5), at(38, 0.5)]).toEqual([today - 1, today, today - 1, today]);
    expect([at(59, 1), at(60, 1)]).toEqual([today - 1, today]);
  });
});

describe("sweeps that go on", () => {
  const progress = { ...firstSweeps("prod", today), next: today - 3, seen: 2 };

  it("are where they were, and leave out what is too long ago", () => {
    expect(resumedSweeps(progress, today, undefined)).toBe(progress);
    expect(resumedSweeps(progress, today + 7, undefined)).toBe(progress);
    expect(resumedSweeps(progress, today + 8, undefined)).toEqual(firstSweeps("prod", today + 1));
  });

  it("begin anew only where neither clock has come so far", () => {
    expect(resumedSweeps(progress, today - 9, today * dayMs)).toBe(progress);
    expect(resumedSweeps(progress, today - 9, (today - 9) * dayMs)).toEqual(firstSweeps("prod", today - 9));
    expect([knowsDate(0), knowsDate(today * dayMs)]).toEqual([false, true]);
  });
});
