import fc from "fast-check";
import { expect, it } from "vitest";
import { viewOf } from "../../src/text/copy.ts";
import { digitCount, putDigits, putHex, putHexOf } from "../../src/text/digits.ts";

const numbers = fc.oneof(fc.maxSafeNat(), fc.nat(1_000), fc.constantFrom(0, 9, 10, Number.MAX_SAFE_INTEGER));

it("writes whole numbers as JavaScript does", () => {
  fc.assert(
    fc.property(numbers, fc.nat(5), fc.integer({ min: 1, max: 20 }), (value, start, width) => {
      const text = String(value);
      expect(digitCount(value)).toBe(text.length);
      const count = Math.max(width, text.length);
      const bytes = Buffer.alloc(start + count + 1, "x");
      putDigits(bytes, start, value, count);
      expect(bytes.toString()).toBe(`${"x".repeat(start)}${text.padStart(count, "0")}x`);
    }),
  );
});

it("writes bytes in hexadecimal as Node does", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(5), fc.nat(5), (list, start, from) => {
      const source = Buffer.concat([Buffer.alloc(from, 0xff), list]);
      const bytes = Buffer.alloc(start + 2 * list.length + 1, "x");
      putHex(viewOf(bytes), start, source, from, list.length);
      const text = `${"x".repeat(start)}${Buffer.from(list).toString("hex")}x`;
      expect(bytes.toString()).toBe(text);
      const other = Buffer.alloc(bytes.length, "x");
      putHexOf(viewOf(other), start, Buffer.from(list).toString("latin1"));
      expect(other.toString()).toBe(text);
    }),
  );
});
