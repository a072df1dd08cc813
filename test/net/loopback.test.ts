import { describe, expect, it } from "vitest";
import { isLoopback } from "../../src/net/loopback.ts";

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.255.255.254", "::1", "[::1]", "localhost", "LOCALHOST.", "a.localhost"])(
    "%s is this machine",
    (host) => expect(isLoopback(host)).toBe(true),
  );

  it.each([
    "128.0.0.1",
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "localhost.example",
    "notlocalhost",
    "127.0.0.1.example",
    "",
  ])("%s may be another", (host) => expect(isLoopback(host)).toBe(false));
});
