import { describe, expect, it } from "vitest";
import type { WindowRequest } from "../../../../src/source/wandb-api/round/schedule.ts";
import { reachedBack, type Shown, startDateEffect } from "../../../../src/source/wandb-api/round/shown.ts";

const dayMs = 86_400_000;
const today = 20_000;
const day = (from: number): WindowRequest => ({ by: "startDate", from, through: from, wider: 0 });
const back = (days: number): WindowRequest => ({
  by: "numDays",
  from: today - days,
  through: today,
  wider: 0,
});
const shown = (days: readonly number[], range?: readonly [number, number]): Shown => ({
  answers: range === undefined ? "ndjson" : "envelope",
  total: days.length,
  leftOut: 0,
  perDay: new Map(days.map((each) => [each, 1])),
  ...(range && { range: { from: range[0] * dayMs, to: range[1] * dayMs } }),
});

describe("startDateEffect", () => {
  const effect = (asked: number, answer: Shown, server = {}, at = (today + 0.5) * dayMs) =>
    startDateEffect(day(asked), answer, server, at);

  it("believes entries of the asked day alone", () => {
    expect(effect(today - 3, shown([today - 3]))).toBe("honoured");
    expect(effect(today - 3, shown([today]))).toBe("ignored");
    expect(effect(today - 3, shown([today - 3, today]))).toBe("unproven");
    expect(effect(today - 3, shown([]))).toBe("unproven");
  });

  it("takes nothing from today's entries: a server that ignores startDate shows today", () => {
    expect(effect(today, shown([today]))).toBe("unproven");
  });

  it("takes an empty day for empty once startDate is known to be honoured, and other days for a change", () => {
    expect(effect(today - 3, shown([]), { startDate: "honoured" })).toBe("honoured");
    expect(effect(today - 3, shown([today]), { startDate: "honoured" })).toBe("ignored");
  });

  it("does not hold it against a server that the day has not begun there", () => {
    const midnight = today * dayMs;
    const yesterday = shown([today - 1]);
    expect(effect(today, yesterday, {}, midnight + 59_000)).toBe("unproven");
    expect(effect(today, yesterday, {}, midnight + 60_000)).toBe("ignored");
    expect(effect(today, shown([], [today - 1, today]), {}, midnight + 40_000)).toBe("unproven");
  });

  it("believes the range that the server names", () => {
    expect(effect(today - 3, shown([], [today - 3, today - 2]))).toBe("honoured");
    expect(effect(today - 3, shown([], [today - 1, today]))).toBe("ignored");
    expect(effect(today - 20, shown([], [today - 7, today]))).toBe("elsewhere");
    expect(effect(today - 3, shown([], [today - 30, today]))).toBe("ignored");
  });
});

describe("reachedBack", () => {
  const reach = (request: WindowRequest, answer: Shown, before?: { first: number; on: number }) =>
    reachedBack(request, answer, before);

  it("is the asked day for a short window, whatever is in it", () => {
    expect(reach(back(7), shown([today])).from).toBe(today - 7);
  });

  it("is where the named range begins, at the next whole day", () => {
    expect(reach(back(30), shown([], [today - 10.5, today]))).toEqual({ from: today - 10 });
    expect(reach(back(5), shown([], [today - 10, today]))).toEqual({ from: today - 5 });
  });

  it("leaves open whether a window was cut to seven days or the log begins there", () => {
    for (const first of [today - 7, today - 6])
      expect(reach(back(30), shown([first, today]))).toEqual({
        from: first,
        cut: { first, on: today },
        open: true,
      });
    expect(reach(back(30), shown([today - 12, today]))).toEqual({ from: today - 30 });
    expect(reach(back(30), shown([]))).toEqual({ from: today - 30 });
  });

  it("knows on another day: a cut goes along, the beginning of a log stays", () => {
    const yesterday = { first: today - 8, on: today - 1 };
    expect(reach(back(30), shown([today - 7]), yesterday)).toEqual({ from: today - 7, cut: yesterday });
    expect(reach(back(30), shown([today - 8]), yesterday)).toEqual({ from: today - 30 });
    const six = { first: today - 7, on: today - 1 };
    expect(reach(back(30), shown([today - 7]), six)).toEqual({ from: today - 30 });
    expect(reach(back(30), shown([today - 7]), { first: today - 7, on: today })).toMatchObject({
      open: true,
    });
  });
});
