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
  perDay: new Map(days.map((each) => [each, 1])),
  ...(range && { range: { from: range[0] * dayMs, to: range[1] * dayMs } }),
});

describe("startDateEffect", () => {
  const effect = (asked: number, answer: Shown, server = {}) =>
    startDateEffect(day(asked), answer, server, today);

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

  it("believes the range that the server names", () => {
    expect(effect(today - 3, shown([], [today - 3, today - 2]))).toBe("honoured");
    expect(effect(today - 3, shown([], [today - 1, today]))).toBe("ignored");
    expect(effect(today - 20, shown([], [today - 7, today]))).toBe("elsewhere");
    expect(effect(today - 3, shown([], [today - 30, today]))).toBe("ignored");
  });
});

describe("reachedBack", () => {
  it("is the asked day for a short window, whatever is in it", () => {
    expect(reachedBack(back(7), shown([today]))).toBe(today - 7);
  });

  it("is where the named range begins, at the next whole day", () => {
    expect(reachedBack(back(30), shown([], [today - 10.5, today]))).toBe(today - 10);
    expect(reachedBack(back(5), shown([], [today - 10, today]))).toBe(today - 5);
  });

  it("sees a window that was cut to seven days", () => {
    expect(reachedBack(back(30), shown([today - 7, today]))).toBe(today - 7);
    expect(reachedBack(back(30), shown([today - 6]))).toBe(today - 6);
    expect(reachedBack(back(30), shown([today - 12, today]))).toBe(today - 30);
    expect(reachedBack(back(30), shown([]))).toBe(today - 30);
  });
});
