import fc from "fast-check";
import { expect, it } from "vitest";
import { ActiveDay } from "../../../src/spool/sqlite/active-day.ts";

const empty = Buffer.alloc(0);
const visit = fc.record({ user: fc.string({ minLength: 1, maxLength: 60 }), second: fc.nat(86_399) });

it("is the set of its users with their latest times, in any order, however often each comes, read back or not", () => {
  fc.assert(
    fc.property(fc.array(visit), fc.array(fc.nat()), (visits, again) => {
      const expected = new Map<string, number>();
      for (const { user, second } of visits)
        expected.set(user.toWellFormed(), Math.max(second, expected.get(user.toWellFormed()) ?? 0));
      let day = new ActiveDay(empty, false);
      for (const { user, second } of visits) day.see(user.toWellFormed(), second);
      for (const index of again) {
        const { user, second } = visits[index % Math.max(1, visits.length)] ?? {};
        if (user === undefined || second === undefined) continue;
        day = new ActiveDay(day.block, day.more);
        expect(day.see(user.toWellFormed(), second)).toBe("same");
      }
      const read = new ActiveDay(Uint8Array.from(day.block), day.more);
      expect(new Map(read.users().map(({ user, second }) => [user, second]))).toEqual(expected);
    }),
  );
});

it("says what changed", () => {
  const day = new ActiveDay(empty, false);
  expect([day.see("7", 5), day.see("7", 6), day.see("7", 5)]).toEqual(["added", "later", "same"]);
  expect(day.see("x".repeat(256), 1)).toBe("full");
  expect(day.more).toBe(true);
  expect(day.users()).toEqual([{ user: "7", second: 6 }]);
});

it("takes no more than a hundred thousand users, and says that there were others", () => {
  const day = new ActiveDay(empty, false);
  for (let user = 0; user < 100_000; user++) day.see(String(user), 1);
  expect(day.more).toBe(false);
  expect(day.see("one more", 1)).toBe("full");
  expect(day.see("99999", 2)).toBe("later");
  expect(new ActiveDay(day.block, day.more)).toMatchObject({ more: true });
  expect(day.users()).toHaveLength(100_000);
});

it("takes ids of no more than 4 MiB together, which is room for a hundred thousand UUIDs", () => {
  const day = new ActiveDay(empty, false);
  for (let user = 0; user < 100_000; user++) day.see(String(user).padStart(36, "0"), 1);
  expect(day.more).toBe(false);
  const long = new ActiveDay(empty, false);
  for (let user = 0; user < 100_000; user++) long.see(String(user).padStart(180, "0"), 1);
  expect(long.more).toBe(true);
  expect(long.block.length).toBeLessThanOrEqual(4 * 1024 * 1024);
  expect(long.see("0".repeat(180), 2)).toBe("later");
  expect(new ActiveDay(long.block, long.more).users()).toHaveLength(long.users().length);
});
