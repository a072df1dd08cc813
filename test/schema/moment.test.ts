import { expect, it } from "vitest";
import { momentOf } from "../../src/schema/moment.ts";

it.each([
  ["2026-08-01", "2026-08-01T00:00:00Z"],
  ["2028-02-29T23:59:59.5Z", "2028-02-29T23:59:59.500Z"],
  ["2026-08-01T06:00:00+02:00", "2026-08-01T04:00:00Z"],
  ["2026-03-01T01:00:00+02:00", "2026-02-28T23:00:00Z"],
])("is the moment of %s", (text, same) => {
  expect(momentOf(text)).toBe(Date.parse(same));
});

it.each([
  "2026-02-30",
  "2026-02-29T00:00:00Z",
  "2026-04-31T12:00:00+01:00",
  "2026-13-01",
  "2026-00-10T00:00:00Z",
  "2026-08-01T25:00:00Z",
  "2026-08-01T06:00",
  "2026-08-01 06:00:00Z",
  "yesterday",
  "",
])("is none of %j", (text) => {
  expect(momentOf(text)).toBeUndefined();
});
