import { expect, test } from "vitest";
import { nearest } from "../../src/config/nearest.ts";

const keys = ["token", "timeout", "tls", "format", "poll_interval", "max_events"];

test.each([
  ["tokn", "token"],
  ["tokne", "token"],
  ["Token", "token"],
  ["poll-interval", "poll_interval"],
  ["pollinterval", "poll_interval"],
  ["max_event", "max_events"],
  ["tsl", "tls"],
])("%s was meant as %s", (word, meant) => {
  expect(nearest(word, keys)).toBe(meant);
});

test.each(["password", "x", "", "a".repeat(100_000)])("nothing is near to %.10s", (word) => {
  expect(nearest(word, keys)).toBeUndefined();
});
