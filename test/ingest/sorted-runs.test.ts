import { describe, expect, it } from "vitest";
import { SortedRuns } from "../../src/ingest/sorted-runs.ts";
import { CountedScratch } from "../fake/scratch.ts";

/** Words spread over all there are; some come twice. */
const wordOf = (number: number) => Math.imul(number >>> 1, 0x9e3779b1) >>> 0;

function entries(first: number, count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(2 * count);
  for (let at = 0; at < count; at++) {
    words[2 * at] = first + at;
    words[2 * at + 1] = wordOf(first + at);
  }
  return words;
}

describe("sorted runs", () => {
  it("find the right one of those with a word, whatever was merged", () => {
    const scratch = new CountedScratch();
    const runs = new SortedRuns(scratch.new);
    const [each, times] = [1_000, 21];
    for (let n = 0; n < times; n++) {
      runs.merge(Number.POSITIVE_INFINITY);
      runs.add(entries(n * each, each));
    }
    for (let number = 0; number < each * times; number++)
      if (runs.find(wordOf(number), (found) => found === number) !== number)
        throw new Error(`${number} is not found`);
    expect(runs.find(wordOf(7), () => false)).toBe(-1);
    expect(runs.find(0xffffffff, () => true)).toBe(-1);
    expect(scratch.open).toBeLessThanOrEqual(5);
    runs.close();
    expect(scratch.open).toBe(0);
  });

  it("read one block of each for a question, and write an entry as often as their number doubles", () => {
    const scratch = new CountedScratch();
    const runs = new SortedRuns(scratch.new);
    for (let n = 0; n < 16; n++) {
      runs.merge(Number.POSITIVE_INFINITY);
      runs.add(entries(n * 2_560, 2_560));
    }
    runs.merge(Number.POSITIVE_INFINITY);
    // 160 blocks, five times.
    expect([scratch.open, scratch.writes]).toEqual([1, 800]);
    scratch.reads = 0;
    for (let number = 0; number < 40_960; number += 400)
      runs.find(wordOf(number), (found) => found === number);
    expect(scratch.reads).toBeLessThan(2 * 103);
  });

  it("find everything also in the middle of a merge, and lose nothing where that has no room", () => {
    const scratch = new CountedScratch();
    const runs = new SortedRuns(scratch.new);
    const findAll = (count: number) => {
      for (let number = 0; number < count; number += 7)
        expect(runs.find(wordOf(number), (found) => found === number)).toBe(number);
    };
    for (let n = 0; n < 12; n++) {
      runs.add(entries(n * 1_000, 1_000));
      scratch.full = n === 7;
      try {
        runs.merge(1_500);
      } catch (error) {
        expect([n, (error as Error).message]).toEqual([7, "no room"]);
      }
      scratch.full = false;
      findAll((n + 1) * 1_000);
    }
    expect(scratch.open).toBeLessThan(10);
    runs.merge(Number.POSITIVE_INFINITY);
    findAll(12_000);
    expect(scratch.open).toBeLessThan(3);
    runs.close();
    expect(scratch.open).toBe(0);
  });

  it("have all of what they were given or none, where there is no room", () => {
    const scratch = new CountedScratch();
    const runs = new SortedRuns(scratch.new);
    runs.add(entries(0, 600));
    scratch.full = true;
    expect(() => runs.add(entries(600, 600))).toThrow("no room");
    scratch.full = false;
    runs.add(entries(600, 600));
    scratch.full = true;
    expect(() => runs.merge(Number.POSITIVE_INFINITY)).toThrow("no room");
    expect(scratch.open).toBe(2);
    expect([0, 700].map((number) => runs.find(wordOf(number), (found) => found === number))).toEqual([
      0, 700,
    ]);
  });
});
