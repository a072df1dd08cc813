import fc from "fast-check";
import { expect, it } from "vitest";
import { viewOf } from "../../src/text/copy.ts";
import { sameBytes } from "../../src/text/same-bytes.ts";

it("compares parts of bytes as their copies would be compared", () => {
  const few = fc.uint8Array({ minLength: 13, maxLength: 15, max: 1 }).map((list) => Buffer.from(list));
  const alike = fc.boolean();
  fc.assert(
    fc.property(few, few, alike, fc.nat(4), fc.nat(4), fc.nat(9), (one, some, copy, start, from, length) => {
      const other = Buffer.from(copy ? one : some);
      if (copy) one.copy(other, from, start, start + length);
      const same = one.subarray(start, start + length).equals(other.subarray(from, from + length));
      if (copy) expect(same).toBe(true);
      expect(sameBytes(viewOf(one), start, viewOf(other), from, length)).toBe(same);
    }),
    { numRuns: 1_000 },
  );
});
