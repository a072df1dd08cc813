import { expect, it } from "vitest";
import { addLateness, LatenessTally, latenessBounds } from "../../src/spool/lateness.ts";

const span = { from: 1_000, to: Number.POSITIVE_INFINITY, shownAt: 700_000_000 };

it("counts each record below the first bound that it does not pass", () => {
  const tally = new LatenessTally(span);
  expect(tally.counted).toBeUndefined();
  for (const seconds of [0, 60, 61, 604_800, 604_801]) tally.note(span.shownAt - seconds * 1_000, 1);
  tally.note(999, 1);
  const { counts, latest } = tally.counted ?? expect.unreachable();
  expect([counts[0], counts[1], counts.at(-2), counts.at(-1)]).toEqual([2, 1, 1, 1]);
  expect([counts.length, latest]).toEqual([latenessBounds.length + 1, 604_801]);
  tally.clear();
  expect(tally.counted).toBeUndefined();
});

it("counts records of one moment as it counts each of them", () => {
  const [together, each] = [new LatenessTally(span), new LatenessTally(span)];
  for (const [seconds, records] of [
    [61, 3],
    [0, 2],
    [604_801, 1],
  ] as const) {
    together.note(span.shownAt - seconds * 1_000, records);
    for (let n = 0; n < records; n += 1) each.note(span.shownAt - seconds * 1_000, 1);
  }
  expect(together.counted).toEqual(each.counted);
});

it("adds up, and drops what was counted by other bounds", () => {
  const one = { counts: [1, 2], sum: 3, latest: 9 };
  expect(addLateness(one, { counts: [0, 1], sum: 4, latest: 5 })).toEqual({
    counts: [1, 3],
    sum: 7,
    latest: 9,
  });
  expect(addLateness(one, { counts: [1], sum: 4, latest: 5 })).toEqual({ counts: [1], sum: 4, latest: 5 });
  expect(addLateness(undefined, one)).toBe(one);
});
