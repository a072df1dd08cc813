import { expect, it } from "vitest";
import { isSameFilter } from "../../src/spool/replay.ts";

it("the same filter is the same in whatever order its lists are, and another one is not", () => {
  const filter = { from: 1, to: 2, actions: ["user:*", "run:*"], users: ["ann"] };
  expect(isSameFilter(filter, { users: ["ann"], actions: ["run:*", "user:*"], to: 2, from: 1 })).toBe(true);
  expect(isSameFilter({ from: 1, to: 2 }, { from: 1, to: 2, uids: [] })).toBe(true);
  for (const other of [
    { ...filter, to: 3 },
    { ...filter, users: ["bob"] },
    { ...filter, uids: ["0"] },
  ])
    expect(isSameFilter(filter, other)).toBe(false);
});
