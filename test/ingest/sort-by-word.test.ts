import fc from "fast-check";
import { expect, it } from "vitest";
import { sortByWord } from "../../src/ingest/sort-by-word.ts";

it("sorts entries by all of their words' bits, and leaves those of one word in their order", () => {
  const word = fc.oneof(fc.nat(3), fc.constantFrom(0x7ff, 0x800, 0x3fffff, 0x400000, 2 ** 31, 2 ** 32 - 1));
  const words = fc.array(fc.oneof(word, fc.integer({ min: 0, max: 2 ** 32 - 1 })), { maxLength: 300 });
  fc.assert(
    fc.property(words, (all) => {
      const entries = Uint32Array.from(all.flatMap((each, at) => [at, each]));
      // As numbers of 64 bits, of which the word is the upper half.
      const expected = new BigUint64Array(entries.slice().buffer).sort();
      const sorted = new Uint32Array(entries.length);
      sortByWord(entries, sorted);
      expect(new BigUint64Array(sorted.buffer)).toEqual(expected);
    }),
  );
});
