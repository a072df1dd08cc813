import { expect, it } from "vitest";
import { z } from "zod";
import { isKept, keepingFrom, retentionKeys } from "../../../src/archive/bucket/retention.ts";

const day = 86_400_000;
const schema = z.strictObject(retentionKeys);

it.each([
  ["6y", 6 * 365 * day],
  ["1y30d", 395 * day],
  ["90d", 90 * day],
  ["24h", day],
])("%s is %s ms", (retain, ms) => {
  expect(schema.parse({ retain }).retain).toBe(ms);
});

it.each(["", "y", "6 y", "0y", "0d", "6", "101y", "1d6y", "6yy", "-1y"])("%j is no retention", (retain) => {
  expect(schema.safeParse({ retain }).error?.issues[0]?.message).toContain("not a retention");
});

it("counts from when a file was stored, and allows a minute", () => {
  const wanted = keepingFrom({ retain: day, lock: "compliance", legalHold: false }, 1000);
  expect(wanted).toEqual({ until: day + 1000, lock: "compliance", held: false });
  const has = (until: number | undefined, lock: "compliance" | "governance" = "compliance") =>
    isKept({ until, lock, held: false }, wanted);
  expect([has(day), has(day + 1000 - 60_001), has(undefined)]).toEqual([true, false, false]);
  expect(has(day + 1000, "governance")).toBe(false);
});

it("takes more for enough, and a hold for nothing but a hold", () => {
  const none = keepingFrom({ retain: undefined, lock: "compliance", legalHold: false }, 0);
  expect(none).toEqual({ until: undefined, lock: undefined, held: false });
  const locked = { until: day, lock: "compliance", held: false } as const;
  expect([isKept(none, none), isKept(locked, none)]).toEqual([true, true]);
  expect(isKept(locked, keepingFrom({ retain: day, lock: "governance", legalHold: false }, 0))).toBe(true);
  expect(isKept(locked, { ...none, held: true })).toBe(false);
});
