import { expect, it } from "vitest";
import { unreadableDays } from "../../src/daemon/unreadable-days.ts";

const sources = [
  { configured: { config: { name: "prod" }, noDays: undefined } },
  { configured: { config: { name: "witness", role: "verify" }, noDays: undefined } },
  { configured: { config: { name: "pipe" }, noDays: "standard input is read once" } },
] as never;
const span = { first: 1, end: 2, perSecond: 5 };
const why = (source: string, state?: "running" | "done") =>
  unreadableDays([{ ...span, source }], sources, () => state && { state });

it("says which source cannot be read, and why", () => {
  expect([why("prod"), why("prod", "done")]).toEqual([undefined, undefined]);
  expect(why("other")).toBe("the daemon has no source other");
  expect(why("witness")).toContain("role: verify");
  expect(why("pipe")).toBe("pipe has no days to read: standard input is read once");
  expect(why("prod", "running")).toMatch(/under way.*backfill --source prod --cancel/);
});
