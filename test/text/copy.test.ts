import fc from "fast-check";
import { expect, it } from "vitest";
import { copyBytes, viewOf } from "../../src/text/copy.ts";

const memory = (length: number) => Buffer.from(Array.from({ length }, (_, at) => (at * 37 + 11) & 255));

it("copies these bytes and touches nothing beside them, whatever their number and place", () => {
  fc.assert(
    fc.property(fc.nat(70), fc.nat(20), fc.nat(20), fc.nat(20), (count, start, at, odd) => {
      // Parts of larger memory, which end right behind what is copied or somewhat later.
      const source = memory(odd + start + count).subarray(odd);
      const target = Buffer.alloc(odd + at + count + (odd % 3), 0xee).subarray(odd);
      const expected = Buffer.from(target);
      source.copy(expected, at, start, start + count);
      copyBytes(viewOf(source), start, viewOf(target), at, count);
      expect(target).toEqual(expected);
      expect(Buffer.from(target.buffer, target.byteOffset - odd, odd)).toEqual(Buffer.alloc(odd, 0xee));
    }),
    { numRuns: 1_000 },
  );
});

it("reads and writes nothing beyond the memory", () => {
  for (const count of [1, 3, 4, 7, 8, 9, 40]) {
    const enough = viewOf(memory(count));
    const less = viewOf(memory(count - 1));
    expect(() => copyBytes(less, 0, enough, 0, count), `${count}`).toThrow(RangeError);
    expect(() => copyBytes(enough, 0, less, 0, count), `${count}`).toThrow(RangeError);
  }
});
