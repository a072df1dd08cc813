import { describe, expect, test } from "vitest";
import { retryAfterMs } from "../../../src/net/http/retry-after.ts";

const now = Date.parse("2026-08-01T12:00:00Z");

describe("retryAfterMs", () => {
  test.each([
    ["seconds", { "retry-after": "7" }, 7_000],
    ["a date", { "retry-after": "Sat, 01 Aug 2026 12:00:30 GMT" }, 30_000],
    ["a date that has passed", { "retry-after": "Sat, 01 Aug 2026 11:00:00 GMT" }, 0],
    ["ten years, at most an hour", { "retry-after": "315360000" }, 3_600_000],
    ["RateLimit-Reset", { "ratelimit-reset": "12" }, 12_000],
    ["RateLimit-Reset when nothing remains", { "ratelimit-reset": "12", "ratelimit-remaining": "0" }, 12_000],
    ["that some remains", { "ratelimit-reset": "3600", "ratelimit-remaining": "99" }, undefined],
    ["Retry-After whatever remains", { "retry-after": "3", "ratelimit-remaining": "99" }, 3_000],
    ["Retry-After before RateLimit-Reset", { "retry-after": "3", "ratelimit-reset": "12" }, 3_000],
  ])("understands %s", (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });

  test.each(["soon", "-1", "", "1e9", "2026-08-01", "NaN"])("takes no wait from %j", (value) => {
    expect(retryAfterMs({ "retry-after": value }, now)).toBeUndefined();
  });
});
