import { describe, expect, it } from "vitest";
import { excerpt } from "../../src/text/excerpt.ts";

describe("excerpt", () => {
  it("keeps the beginning, on one line", () => {
    expect(excerpt("  503\r\n\tService   Unavailable\n")).toBe("503 Service Unavailable");
    expect(excerpt("a".repeat(1000))).toBe("a".repeat(200));
    expect(excerpt("a".repeat(1000), 10)).toBe("a".repeat(10));
  });

  it("never grows over its limit, not even where everything has to be escaped", () => {
    expect(excerpt("\u0000".repeat(1000), 50)).toHaveLength(50);
  });

  it("shows what a terminal would obey, and half of a surrogate pair", () => {
    expect(excerpt("\u001b[2J\u202e\u2028\ufeff\ud800")).toBe("\\u001b[2J\\u202e\\u2028\\ufeff\\ud800");
  });

  it("leaves letters of all languages alone", () => {
    expect(excerpt("é 欠陥 😀")).toBe("é 欠陥 😀");
  });
});
