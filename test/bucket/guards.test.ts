import { expect, it } from "vitest";
import { guardFindings } from "../../src/bucket/guards.ts";

const found = (versioned: boolean, locked: boolean, removedAfterDays?: number) =>
  guardFindings(async () => ({ versioned, locked, lockable: false, removedAfterDays }), "the right to look");

it.each([
  [false, false, undefined, ["warning", "ok"]],
  [true, false, 30, ["ok", "warning"]],
  [false, true, 2190, ["ok", "ok"]],
])("versions %s, lock %s, removed after %s days: %j", async (versioned, locked, days, levels) => {
  expect((await found(versioned, locked, days)).map(({ level }) => level)).toEqual(levels);
});

it("what may not be looked at is no problem, and names the right that is missing", async () => {
  expect(await guardFindings(() => Promise.reject(new Error("403")), "the right to look")).toEqual([
    { level: "ok", text: expect.stringContaining("the right to look") },
  ]);
});
