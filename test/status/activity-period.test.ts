import { expect, it } from "vitest";
import { periodDays, spanBefore } from "../../src/status/activity-period.ts";

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const textOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

it.each([
  ["7d", "2026-08-01", "2026-07-26"],
  ["30d", "2026-08-01", "2026-07-03"],
  ["90d", "2026-01-05", "2025-10-08"],
  ["6mo", "2026-08-01", "2026-02-02"],
  ["6mo", "2026-08-31", "2026-03-01"],
  ["12mo", "2024-02-29", "2023-03-01"],
  ["12mo", "2026-01-31", "2025-02-01"],
  ["all", "2026-08-01", "2024-05-06"],
] as const)("%s until %s begins on %s", (period, today, from) => {
  const span = periodDays(period, dayOf(today), dayOf("2024-05-06"));
  expect([textOf(span.from), textOf(span.to)]).toEqual([from, today]);
});

it("is compared with as many days just before it", () => {
  const span = periodDays("7d", dayOf("2026-08-01"), 0);
  expect(Object.values(spanBefore(span)).map(textOf)).toEqual(["2026-07-19", "2026-07-25"]);
});

it("of nothing known is today", () => {
  expect(periodDays("all", 5, Number.POSITIVE_INFINITY)).toEqual({ from: 5, to: 5 });
});
