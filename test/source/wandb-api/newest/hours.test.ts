import { describe, expect, it } from "vitest";
import { hoursDue, hoursQuery, isSameSkew } from "../../../../src/source/wandb-api/newest/hours.ts";
import type { Newest } from "../../../../src/source/wandb-api/newest/newest.ts";
import type { Progress } from "../../../../src/source/wandb-api/round/progress.ts";
import { noon, today } from "../reading.ts";

const minute = 60_000;
const hour = 60 * minute;
const began = { at: noon, sentAt: noon };
const newest: Newest = { whole: began, skewMs: 0, last: { ...began, from: 0 }, reads: 0, late: {} };
const progress: Progress = {
  start: 0,
  watermark: noon,

  counts: {},
  newest,
  server: { answers: "envelope", startDate: "honoured", subDay: "honoured" },
};
const options = { lookbackMs: 26 * hour, intervalMs: 5 * minute, multiTenant: false };
const due = (changes: Partial<Progress> = {}, after = 5 * minute, others: Partial<typeof options> = {}) =>
  hoursDue(
    { ...progress, ...changes },
    { at: noon + after, sentAt: noon + after },
    { ...options, ...others },
  );
const withNewest = (changes: Partial<Newest>) => ({ newest: { ...newest, ...changes } });

describe("the newest hours alone are due", () => {
  it("an hour back from the last read, to the end of the day", () => {
    expect(due()).toEqual({ trial: false, from: noon - hour, to: noon + 12 * hour });
    expect(hoursQuery({ from: noon - hour, to: noon + 12 * hour })).toBe(
      "startDate=2026-08-20T11:00:00&endDate=2026-08-21T00:00:00",
    );
  });

  it("to the end of the next day, where it may be that day for the server", () => {
    const late = { at: noon + 11.5 * hour, sentAt: noon + 11.5 * hour };
    expect(due(withNewest({ whole: late, last: { ...late, from: 0 } }), 11.6 * hour)?.to).toBe(
      noon + 36 * hour,
    );
  });

  it("by the earlier of two clocks from, and by the later one to its end", () => {
    const skewed = (skewMs: number) =>
      hoursDue(
        {
          ...progress,
          ...withNewest({ skewMs, last: { at: noon + skewMs, sentAt: noon, from: 0 } }),
          server: { ...progress.server, skewMs },
        },
        { at: noon + skewMs + 5 * minute, sentAt: noon + 5 * minute },
        options,
      );
    expect(skewed(14 * hour)).toMatchObject({ from: noon - hour, to: noon + 36 * hour });
    expect(skewed(-2 * hour)).toMatchObject({ from: noon - 3 * hour, to: noon + 12 * hour });
  });

  it("further back where records came late", () => {
    expect(due(withNewest({ late: { [today]: 4 * hour } }))?.from).toBe(noon - 6 * hour);
  });

  it("never when all of it is, or anything is not as it was", () => {
    const { server } = progress;
    const round = { planned: today, missed: [] };
    for (const changes of [
      { newest: undefined },
      { watermark: undefined },
      { round },
      { server: { ...server, subDay: "shown" } },
      { server: { ...server, subDay: "ignored" } },
      { server: { ...server, startDate: "ignored" } },
      { server: { ...server, answers: "ndjson" } },
      { server: { ...server, skewMs: 3 * minute } },
      { server: { ...server, decided: { gap: 0, skew: 0 } } },
      withNewest({ reads: 15 }),
      withNewest({ last: { at: noon, sentAt: noon + 6 * minute, from: 0 } }),
      withNewest({ last: { at: noon + 7 * minute, sentAt: noon, from: 0 } }),
    ] as Partial<Progress>[])
      expect(due(changes), JSON.stringify(changes)).toBeUndefined();
    // A log that is read since midnight has not much more.
    const night = { at: noon + 12.5 * hour, sentAt: noon + 12.5 * hour };
    const since = { start: noon + 12 * hour, ...withNewest({ whole: night, last: { ...night, from: 0 } }) };
    expect(due(since, 12.6 * hour)).toBeUndefined();
    expect(due({}, hour)).toBeUndefined();
    expect(due({}, -minute)).toBeUndefined();
    expect(due({}, 5 * minute, { multiTenant: true })).toBeUndefined();
    expect(due({}, 5 * minute, { owed: [today - 4] } as never)).toBeUndefined();
  });

  it("with a trial before it, as long as that is not too late", () => {
    const trial = { from: noon - 3 * hour, to: noon - 3 * hour + 10 * minute, until: noon + 9 * minute };
    expect(due(withNewest({ trial }))).toEqual({ trial: true, from: trial.from, to: trial.to });
    expect(due(withNewest({ trial }), 10 * minute)).toMatchObject({ trial: false });
  });

  it("while the clocks are as far apart as they were, give or take what counts for nothing", () => {
    expect(isSameSkew(0, 60_500)).toBe(true);
    expect(isSameSkew(-10, 130_000)).toBe(false);
  });
});
