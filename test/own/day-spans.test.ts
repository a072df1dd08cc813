import fc from "fast-check";
import { expect, it } from "vitest";
import { daySpans } from "../../src/own/day-spans.ts";
import { dayMs } from "../../src/time/clock.ts";

it("writes neighbours as a run", () => {
  expect(daySpans([20_666, 20_664, 20_665, 20_670])).toEqual([
    { days: ["2026-07-30/2026-08-01", "2026-08-05"], count: 4 },
  ]);
  expect(daySpans([])).toEqual([]);
});

it("has every day in it once, and few runs in a piece", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 20_000, max: 20_400 })), (days) => {
      const pieces = daySpans(days);
      const told = pieces.flatMap((piece) => piece.days.flatMap(daysOf));
      expect(told).toEqual([...new Set(days)].sort((a, b) => a - b));
      expect(pieces.reduce((sum, { count }) => sum + count, 0)).toBe(told.length);
      for (const piece of pieces) expect(piece.days.length).toBeLessThanOrEqual(50);
    }),
  );
});

function daysOf(span: string): number[] {
  const [first = "", last = first] = span.split("/");
  const from = Date.parse(first) / dayMs;
  return Array.from({ length: Date.parse(last) / dayMs - from + 1 }, (_, at) => from + at);
}
