import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberColumn } from "../../src/ingest/number-column.ts";

describe.each([4, 16, 32] as const)("a column of %i bits", (bits) => {
  it("remembers what was set, and is 0 elsewhere", () => {
    const column = new NumberColumn(bits);
    expect([column.get(0), column.get(1e6), column.byteLength]).toEqual([0, 0, 0]);
    const values = new Map([5, 63, 64, 65_535, 65_536, 200_000].map((at, n) => [at, n + 1]));
    for (const [at, value] of values) column.set(at, value);
    for (const at of [0, 4, 6, 62, 66, 65_534, 65_537, 199_999, 200_001, 900_000])
      expect(column.get(at)).toBe(0);
    for (const [at, value] of values) expect(column.get(at)).toBe(value);
    expect([...column.marked()]).toEqual([...values.keys()]);
    column.clear();
    expect([column.get(5), column.byteLength]).toEqual([0, 0]);
  });

  it("is filled as it is set", () => {
    const fills = fc.array(fc.tuple(fc.nat(40_000), fc.nat(20_000), fc.constantFrom(0, 1, 2, 300)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fills, (wanted) => {
        const [filled, set] = [new NumberColumn(bits), new NumberColumn(bits)];
        for (const [from, count, value] of wanted) {
          filled.fill(from, count, value);
          for (let at = from; at < from + count; at++) set.set(at, value);
        }
        expect([...filled.marked()]).toEqual([...set.marked()]);
        for (let at = 0; at < 60_000; at += 7) expect(filled.get(at)).toBe(set.get(at));
        expect(filled.byteLength).toBe(set.byteLength);
      }),
      { numRuns: 30 },
    );
  });

  it("takes any 32 bits, also where most values need fewer", () => {
    const column = new NumberColumn(bits);
    for (const value of [0, 1, 254, 255, 256, 65_534, 65_535, 65_536, 2 ** 32 - 1, 7, 255, 0]) {
      column.set(3, value);
      expect(column.get(3)).toBe(value);
      expect(column.get(2)).toBe(0);
    }
  });

  it("has what was set last, whatever came in which order", () => {
    const at = fc.oneof(fc.nat(40), fc.nat(20_000), fc.integer({ min: 16_380, max: 16_390 }));
    const value = fc.oneof(fc.nat(3), fc.nat(20), fc.nat(70_000), fc.constant(2 ** 32 - 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(at, value), { maxLength: 200 }), (sets) => {
        const column = new NumberColumn(bits);
        const expected = new Map<number, number>();
        for (const [place, number] of sets) {
          column.set(place, number);
          expected.set(place, number);
          expect(column.get(place)).toBe(number);
        }
        for (const [place, number] of expected) expect(column.get(place)).toBe(number);
        const marked = [...expected].filter(([, number]) => number !== 0).map(([place]) => place);
        expect([...column.marked()]).toEqual(marked.sort((one, other) => one - other));
      }),
    );
  });

  it("takes a bit each as long as all are 0 or 1, and no more where few are larger", () => {
    const column = new NumberColumn(bits);
    for (let at = 0; at < 1_000_000; at++) column.set(at, 1);
    expect(column.byteLength / 1_000_000).toBeLessThan(0.13);
    for (let at = 0; at < 1_000_000; at += 100_000) column.set(at, 2);
    expect(column.byteLength / 1_000_000).toBeLessThan(0.16);
  });

  it("takes as many bytes as the values need", () => {
    const column = new NumberColumn(bits);
    for (let at = 0; at < 1_000_000; at++) column.set(at, 1 + (at % (bits === 4 ? 14 : 200)));
    expect(column.byteLength / 1_000_000).toBeLessThan(bits / 8 + 0.2);
    const zeros = new NumberColumn(bits);
    for (let at = 0; at < 1_000_000; at++) zeros.set(at, 0);
    expect(zeros.byteLength).toBe(0);
  });
});
