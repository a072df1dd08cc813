import fc from "fast-check";
import { expect, it } from "vitest";
import { copyBytes, copyEscaped, viewOf } from "../../src/text/copy.ts";

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

it("escapes what is to be escaped, wherever it stands, and touches nothing beside", () => {
  const bytes = fc.array(fc.constantFrom(0x5c, 0x3d, 0x22, 0x61, 0x3c, 0x23, 0x5d, 0xbd, 0xdc, 0, 1), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(bytes, fc.nat(9), fc.nat(9), fc.constantFrom(0x3d, 0x22), (list, start, at, special) => {
      const source = Buffer.concat([Buffer.alloc(start, 0x5c), Buffer.from(list)]);
      const expected = list.flatMap((byte) => (byte === special || byte === 0x5c ? [0x5c, byte] : [byte]));
      const target = Buffer.alloc(at + 2 * list.length, 0xee);
      const end = copyEscaped(viewOf(source), start, source.length, viewOf(target), at, special);
      expect([...target.subarray(at, end)]).toEqual(expected);
      expect(target.subarray(0, at)).toEqual(Buffer.alloc(at, 0xee));
    }),
    { numRuns: 2_000 },
  );
});
