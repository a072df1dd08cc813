import { expect, it } from "vitest";
import type { Cursor } from "../../src/record/reading.ts";
import { closedText, daysStatus } from "../../src/status/day-states.ts";
import { dayMs, today } from "../fake/records.ts";

const now = today * dayMs + 5;
const digest = "ab".repeat(32);
const closed = (age: number, reopened = false) => ({
  ...{ day: today - age, closing: 2, at: now, records: 4, identities: 3, kept: 4, digest, reopened },
});
const hop = (first: number) => ({
  role: "primary" as const,
  closing: () => ({ first, isOver: () => true }),
});
const state = (newest: ReturnType<typeof closed>[]) => ({
  ...{ source: "prod", gaps: [], cursor: "1" as Cursor, closed: { days: newest.length, newest } },
});

it("says of each day that was wanted as a whole whether more may come of it", () => {
  const status = daysStatus(hop(today - 4), state([closed(2), closed(3, true), closed(4)]), now);
  expect(status).toMatchObject({ closed: 3, settling: 2 });
  expect(status?.newest.map(({ day, state, closings }) => [day, state, closings])).toEqual([
    ["2026-08-01", "open", 0],
    ["2026-07-31", "settling", 0],
    ["2026-07-30", "closed", 2],
    ["2026-07-29", "settling", 2],
    ["2026-07-28", "closed", 2],
  ]);
  expect(status?.newest[2]).toEqual({
    ...{ day: "2026-07-30", state: "closed", closings: 2, records: 4, digest },
    closed_at: "2026-08-01T00:00:00.005Z",
  });
  expect(status?.newest[1]).toMatchObject({ closed_at: null, records: null, digest: null });
});

it("shows a month at most, and nothing before the first read or of a witness", () => {
  expect(daysStatus(hop(today - 400), state([]), now)?.newest).toHaveLength(31);
  expect(daysStatus(hop(today + 1), state([]), now)?.newest).toEqual([]);
  expect(daysStatus(hop(today), undefined, now)).toBeNull();
  expect(daysStatus({ ...hop(today), role: "verify" }, state([]), now)).toBeNull();
  expect(daysStatus({ role: "primary", closing: () => undefined }, state([]), now)).toBeNull();
});

it("is one line for people, where a day was closed", () => {
  const text = (newest: ReturnType<typeof closed>[], first = today - 4) =>
    closedText(daysStatus(hop(first), state(newest), now) ?? expect.unreachable());
  expect(text([])).toBeUndefined();
  expect(text([closed(4)])).toBe("1 day is closed, the last 2026-07-28; 3 days settling");
  expect(text([closed(1), closed(2)], today - 2)).toBe(
    "2 days are closed, the last 2026-07-31; 0 days settling",
  );
  expect(text([closed(40)], today - 50)).toBe("1 day is closed; 30 days settling");
});
