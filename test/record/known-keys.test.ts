import { describe, expect, it } from "vitest";
import { knownKeyAt, knownKeys } from "../../src/record/known-keys.ts";

describe("knownKeyAt", () => {
  it("finds every known key, wherever it stands, by its place in the list", () => {
    for (const [index, key] of knownKeys.entries()) {
      const text = `{"x":1,"${key}":2}`;
      expect(knownKeyAt(Buffer.from(text), text.indexOf(key)), key).toBe(index);
    }
    expect(new Set(knownKeys).size).toBe(knownKeys.length);
  });

  it.each(["", "actor", "actor_ipx", "Action", "action ", "__proto__", "acti\\u006fn", "timestamp-"])(
    "does not take %j for one",
    (key) => expect(knownKeyAt(Buffer.from(`${key}"`), 0)).toBe(-1),
  );

  it("does not take a key without its end for one", () => {
    expect(knownKeyAt(Buffer.from("action"), 0)).toBe(-1);
    expect(knownKeyAt(Buffer.from("action"), 99)).toBe(-1);
  });
});
