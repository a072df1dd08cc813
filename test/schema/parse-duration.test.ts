import { expect, it } from "vitest";
import { parseDuration } from "../../src/schema/parse-duration.ts";

it.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["1h30m", 5_400_000],
  ["7d", 604_800_000],
  ["0s", 0],
])("%s are %d milliseconds", (text, ms) => expect(parseDuration(text)).toBe(ms));

it.each(["", "5", "5 s", "s", "-5s", "1.5h", "5S", "99999999999999d"])("%j is no duration", (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);
