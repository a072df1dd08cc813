import fc from "fast-check";
import { expect, it } from "vitest";
import { codeAt } from "../../src/event/code.ts";

const codeOf = (text: string) => codeAt(Buffer.from(`0${text}0`), 1, text.length + 1);

it("reads the codes from 100 to 599, and nothing else", () => {
  for (let code = 0; code < 1_200; code += 1)
    expect(codeOf(String(code))).toBe(code >= 100 && code <= 599 ? code : undefined);
  for (const text of ["", "2", "20", "099", "-20", "+20", "2e2", "200.", "2000", "/00", "20:", "ab0"])
    expect(codeOf(text), text).toBeUndefined();
});

it("reads no text that is not made of three digits", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3, maxLength: 3, unit: "binary-ascii" }), (text) => {
      expect(codeOf(text)).toBe(/^[1-5]\d\d$/.test(text) ? Number(text) : undefined);
    }),
    { numRuns: 1_000 },
  );
});
