import { expect, it } from "vitest";
import { dayOutcome } from "../../src/ingest/day-outcome.ts";

const end = { undecided: 0, doubted: 0, renewed: false, missing: 0 };
const of = { task: { key: "a", seen: 4 }, known: 9, seen: 5, doubtful: undefined };
const whole = { whole: true, place: "2" };

it("is passed when all was shown, and goes on when it was not", () => {
  expect(dayOutcome({ ...of, done: whole, end }).outcome).toEqual({ end: "passed", place: "2", seen: 5 });
  const more = dayOutcome({ ...of, done: { ...whole, whole: false }, end }).outcome;
  expect(more).toEqual({ end: "more", place: "2", seen: 5 });
});

it("says what it lacks: what the source says, or everything that was known", () => {
  const lack = (done: object, seen: number) =>
    dayOutcome({ ...of, done: { ...whole, ...done }, seen, end }).outcome.lack;
  expect(lack({ gap: "refused" }, 5)).toBe("refused");
  expect(lack({}, 0)).toBe("nothing of it is shown any more, where 9 records are known");
  expect(lack({}, 1)).toBeUndefined();
});

it("is read again where something is missing, and once where twins are in doubt", () => {
  const missing = dayOutcome({ ...of, done: whole, end: { ...end, missing: 1 } });
  expect(missing).toEqual({ outcome: { end: "again", seen: 4 }, doubtful: undefined });
  const doubted = { ...end, doubted: 1 };
  expect(dayOutcome({ ...of, done: whole, end: doubted })).toMatchObject({
    outcome: { end: "again" },
    doubtful: "a",
  });
  const second = { ...of, doubtful: "a", done: whole };
  expect(dayOutcome({ ...second, end: doubted })).toMatchObject({ outcome: { end: "passed" } });
  expect(dayOutcome({ ...second, end: { ...doubted, renewed: true } }).outcome.end).toBe("again");
});
