import { describe, expect, it } from "vitest";
import { printable } from "../../src/text/printable.ts";

describe("printable", () => {
  it("writes what a terminal would obey as JSON does", () => {
    const text = "\u001b]0;title\u0007 \u009b31m \u202eevil\u2069 \u2028 \u200b \ufeff \u007f";
    const shown = printable(text);
    expect(shown).toBe(
      "\\u001b]0;title\\u0007 \\u009b31m \\u202eevil\\u2069 \\u2028 \\u200b \\ufeff \\u007f",
    );
    expect(JSON.parse(`"${shown}"`)).toBe(text);
  });

  it("leaves tabs, line ends and letters of all languages alone", () => {
    expect(printable("a\tb\nc é 欠陥 😀")).toBe("a\tb\nc é 欠陥 😀");
  });
});
