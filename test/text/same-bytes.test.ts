import fc from "fast-check";
import { expect, it } from "vitest";
import { sameBytes } from "../../src/text/same-bytes.ts";

it("compares parts of bytes as their copies would be compared", () => {
  const few = fc.uint8Array({ minLength: 8, maxLength: 12, max: 1 }).map((list) => Buffer.from(list));
  fc.assert(
    fc.property(few, few, fc.nat(4), fc.nat(4), fc.nat(4), (one, other, start, from, length) => {
      const same = one.subarray(start, start + length).equals(other.subarray(from, from + length));
      expect(sameBytes(one, start, other, from, length)).toBe(same);
    }),
  );
});
