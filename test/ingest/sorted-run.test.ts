import { expect, it } from "vitest";
import { RunWriter, runBlockBytes, type SortedRun } from "../../src/ingest/sorted-run.ts";
import { CountedScratch } from "../fake/scratch.ts";

function runOf(words: readonly number[]): SortedRun {
  const writer = new RunWriter(new CountedScratch().new(runBlockBytes));
  writer.append(Uint32Array.from(words.flatMap((word, number) => [number, word])));
  return writer.end();
}

it("a run finds an entry, also where many begin alike and go over several blocks", () => {
  const words = [...Array(300).fill(3), ...Array(700).fill(5), 8];
  const run = runOf(words);
  expect(run.size).toBe(1_001);
  for (const number of [0, 299, 300, 999, 1_000])
    expect(run.find(words[number] as number, (found) => found === number)).toBe(number);
  expect([2, 4, 9].map((word) => run.find(word, () => true))).toEqual([-1, -1, -1]);
  expect([run.wordAt(300), run.numberAt(300), run.wordAt(1_000)]).toEqual([5, 300, 8]);
});

it("a run of nothing has nothing", () => {
  expect(runOf([]).find(1, () => true)).toBe(-1);
});
