import { describe, expect, it } from "vitest";
import { isLoopback } from "../../src/net/loopback.ts";

describe("isLoopback", () => {
  it.each([
    "localhost",
    "LOCALHOST",
    "localhost.",
    "wandb.localhost",
    "127.0.0.1",
    "127.8.9.10",
    "::1",
    "[::1]",
    "[0:0::1]",
  ])("knows that only this machine reaches %s", (host) => expect(isLoopback(host)).toBe(true));

  it.each([
    "localhost.example",
    "mylocalhost",
    "128.0.0.1",
    "127.0.0.1.example",
    "127.1",
    "::2",
    "[::]",
    "0.0.0.0",
    "10.0.0.1",
    "",
  ])("takes %s for another machine's", (host) => expect(isLoopback(host)).toBe(false));

  it("knows every way of writing 127.0.0.1 that a URL takes, as the URL writes it anew", () => {
    for (const host of ["127.1", "0x7f000001", "2130706433", "[::0001]"])
      expect(isLoopback(new URL(`http://${host}/`).hostname)).toBe(true);
  });
});
