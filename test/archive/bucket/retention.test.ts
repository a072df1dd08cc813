import { expect, it } from "vitest";
import { z } from "zod";
import { isKept, keepingFrom, retentionKeys } from "../../../src/archive/bucket/retention.ts";

const day = 86_400_000;
const oneDay = { years: 0, ms: day };
const schema = z.strictObject(retentionKeys);

it.each([
  ["6y", "2032-11-27T10:00:00.000Z"],
  ["1y30d", "2027-12-27T10:00:00.000Z"],
  ["90d", "2027-02-25T10:00:00.000Z"],
  ["24h", "2026-11-28T10:00:00.000Z"],
])("%s of what is stored on 2026-11-27 ends on %s", (retain, end) => {
  expect(endAfter(retain, "2026-11-27T10:00:00Z")).toBe(end);
});

it("is never a day too early, where a year lacks the date", () => {
  expect(endAfter("1y", "2028-02-29T23:00:00Z")).toBe("2029-03-01T23:00:00.000Z");
  expect(endAfter("4y", "2028-02-29T23:00:00Z")).toBe("2032-02-29T23:00:00.000Z");
});

function endAfter(text: string, from: string): string {
  const { retain } = schema.parse({ retain: text });
  const { until } = keepingFrom({ retain, lock: "compliance", legalHold: false }, Date.parse(from));
  return new Date(until ?? 0).toISOString();
}

it.each(["", "y", "6 y", "0y", "0d", "6", "101y", "1d6y", "6yy", "-1y"])("%j is no retention", (retain) => {
  expect(schema.safeParse({ retain }).error?.issues[0]?.message).toContain("not a retention");
});

it("counts from when a file was stored, and allows a minute", () => {
  const wanted = keepingFrom({ retain: oneDay, lock: "compliance", legalHold: false }, 1000);
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
  expect(isKept(locked, keepingFrom({ retain: oneDay, lock: "governance", legalHold: false }, 0))).toBe(true);
  expect(isKept(locked, { ...none, held: true })).toBe(false);
});
