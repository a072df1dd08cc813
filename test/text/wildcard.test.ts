import fc from "fast-check";
import { expect, it } from "vitest";
import { wildcard } from "../../src/text/wildcard.ts";

it("stands for any text in the place of each star, and for nothing else", () => {
  expect(wildcard("logs-*-*")("logs-wandb.audit-default")).toBe(true);
  expect(wildcard("logs-wandb.audit-*")("logs-wandb_audit-default")).toBe(false);
  expect(wildcard("logs-*")("alogs-a")).toBe(false);
  expect(wildcard("a*a")("a")).toBe(false);
  expect(wildcard("plain")("plain")).toBe(true);
  expect(wildcard("plain")("plainer")).toBe(false);
});

it("agrees with a regular expression", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
      expect(wildcard(pattern)(text)).toBe(new RegExp(`^${parts.join(".*")}$`).test(text));
    }),
  );
});
