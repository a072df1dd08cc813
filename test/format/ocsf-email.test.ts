import fc from "fast-check";
import { expect, it } from "vitest";
import { isEmail, isEmailText } from "../../src/format/ocsf-email.ts";

const pieces = fc.constantFrom(
  "a",
  "Z",
  "0",
  "-",
  ".",
  "@",
  "_",
  "\\",
  "+",
  "/",
  ",",
  ":",
  " ",
  "é",
  "|",
  "b.c",
);
const texts = fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join(""));

it("of bytes and of texts take the same for an e-mail address", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = Buffer.from(`"${text}"`);
      expect(isEmail(bytes, 1, bytes.length - 1), text).toBe(isEmailText(text));
    }),
    { numRuns: 20_000 },
  );
});

it.each(["ada@example.com", "a.b+c@x-y.example", "a@b.-", "a@b.c.d"])("take %s", (text) => {
  expect(isEmail(Buffer.from(text), 0, text.length)).toBe(true);
});

it.each(["ada", "ada@example", "@example.com", "a b@example.com", "a@b@c.d", "a@.d", "a@b."])(
  "do not take %s",
  (text) => {
    expect(isEmail(Buffer.from(text), 0, text.length)).toBe(false);
    expect(isEmailText(text)).toBe(false);
  },
);
