import { expect, it } from "vitest";
import { UserCounts } from "../../src/status/user-counts.ts";

/** 1970-01-05 is a Monday. */
const monday = 4;
const seen = (...users: string[]) => users.map((user) => ({ user, second: 0 }));

it("counts a user once a day and once a week, and knows who was there just before", () => {
  const counts = new UserCounts({ from: monday, to: monday + 8 }, [monday + 1, monday + 9]);
  counts.take(monday - 1, seen("gone", "a"), true);
  counts.take(monday, seen("a", "b"), false);
  counts.take(monday + 6, seen("a"), true);
  counts.take(monday + 7, seen("a"), false);
  counts.take(monday + 9, seen("later"), false);
  expect(counts.perDay().map(({ users }) => users)).toEqual([2, 0, 0, 0, 0, 0, 1, 1, 0]);
  expect(counts.perWeek()).toEqual([
    { week: "1970-W02", from: "1970-01-05", users: 2, whole: true },
    { week: "1970-W03", from: "1970-01-12", users: 1, whole: false },
  ]);
  expect(counts.active().map(([user, { days }]) => [user, days])).toEqual([
    ["a", 3],
    ["b", 1],
  ]);
  expect(counts.gone().map(([user]) => user)).toEqual(["gone"]);
  expect(counts.incomplete()).toEqual([monday + 1, monday + 6]);
});
