import { describe, expect, it } from "vitest";
import { Twins } from "../../src/ingest/twins.ts";

/** Known twins with these digests, from ordinal 1. */
function twinsOf(...digests: readonly number[]): Twins {
  const twins = new Twins();
  for (const digest of digests) twins.add(digest);
  return twins;
}

describe("the known twins of an identity", () => {
  it("gives out the lowest ordinal that is free", () => {
    const twins = twinsOf(7, 7);
    twins.put(4, 9, false);
    expect([twins.add(1), twins.add(1), twins.known]).toEqual([3, 5, 5]);
    const lost = new Twins();
    lost.put(2, 7, false);
    expect([lost.add(8), lost.add(8)]).toEqual([1, 3]);
  });

  it("gives a due one back its ordinal, that of its digest if there is one", () => {
    const twins = twinsOf(7, 8, 9);
    twins.put(2, 8, true);
    twins.put(3, 9, true);
    expect({ known: twins.known, due: twins.due }).toEqual({ known: 1, due: 2 });
    expect([twins.recover(9), twins.recover(5)]).toEqual([3, 2]);
    expect([...twins.tally().known]).toEqual([
      [7, 1],
      [5, 1],
      [9, 1],
    ]);
    expect(() => twins.recover(5)).toThrow(/due/);
  });

  it("finds what is due in one walk, however many there are, and what becomes due meanwhile", () => {
    const twins = new Twins();
    const count = 300_000;
    for (let ordinal = 1; ordinal <= count; ordinal++) twins.put(ordinal, 7, true);
    let inOrder = 0;
    for (let ordinal = 1; ordinal <= count; ordinal++) if (twins.recover(7) === ordinal) inOrder++;
    expect(inOrder).toBe(count);
    twins.put(5, 8, true);
    twins.put(9, 7, true);
    twins.put(3, 7, true);
    expect(twins.recover(7)).toBe(3);
    twins.put(2, 7, true);
    expect([twins.recover(7), twins.recover(7), twins.recover(7)]).toEqual([2, 9, 5]);
    twins.put(4, 7, true);
    twins.put(6, 7, true);
    twins.name(6, 9);
    expect([twins.recover(9), twins.recover(9), twins.due]).toEqual([6, 4, 0]);
  }, 20_000);

  it("counts how many show which digest", () => {
    const twins = twinsOf(7, 8, 7);
    twins.put(3, 7, true);
    expect([...twins.tally().known]).toEqual([
      [7, 1],
      [8, 1],
    ]);
    expect([...twins.tally().due]).toEqual([[7, 1]]);
  });

  it("renames as many as changed, known ones alone", () => {
    const twins = twinsOf(7, 7, 7, 8);
    twins.put(1, 7, true);
    const changes = new Map([
      [7, [1]],
      [8, [7]],
    ]);
    expect(twins.rename(changes)).toEqual([
      [2, 1],
      [4, 7],
    ]);
    expect([...twins.tally().known]).toEqual([
      [1, 1],
      [7, 2],
    ]);
  });

  it("needs no list where all look the same, from ordinal 1 on", () => {
    expect(twinsOf(7, 7).uniform()).toBe(7);
    expect(twinsOf(7, 8).uniform()).toBeUndefined();
    const hole = new Twins();
    hole.put(2, 7, false);
    expect(hole.uniform()).toBeUndefined();
    const due = twinsOf(7, 7);
    due.put(1, 7, true);
    expect(due.uniform()).toBeUndefined();
  });

  it("takes few bytes for many", () => {
    const twins = new Twins();
    for (let n = 0; n < 1000; n++) twins.add(n);
    expect(twins.byteLength).toBeLessThan(10_000);
    expect([twins.has(1000), twins.has(1001)]).toEqual([true, false]);
    const before = twins.version;
    twins.name(3, 77);
    expect(twins.version).toBeGreaterThan(before);
    expect(twins.firstDigest).toBe(0);
  });
});
