import { expect, it } from "vitest";
import { fittingRange, rangeNames, rangeOf, ranges } from "../../src/status/ranges.ts";

const minute = 60_000;

it("has ranges from a quarter of an hour to thirty days, none with more values than a chart has room for", () => {
  const spans = rangeNames.map((name) => ranges[name].step * ranges[name].spans);
  expect([spans[0], spans.at(-1)]).toEqual([900, 30 * 86_400]);
  expect(spans.toSorted((a, b) => a - b)).toEqual(spans);
  for (const name of rangeNames) expect(ranges[name].spans).toBeLessThanOrEqual(180);
});

it("takes the shortest that shows all that is known, so that a new page is not empty", () => {
  const after = (minutes: number) => fittingRange(0, minutes * minute);
  expect([0, 15, 16, 60, 61, 180, 181, 100_000].map(after)).toEqual([
    ...["15m", "15m", "1h", "1h", "3h", "3h", "3h", "3h"],
  ]);
});

it("knows its names, and no other", () => {
  expect(rangeNames.map(rangeOf)).toEqual(rangeNames);
  for (const text of [null, "", "2d", "constructor", "__proto__"]) expect(rangeOf(text)).toBeUndefined();
});
