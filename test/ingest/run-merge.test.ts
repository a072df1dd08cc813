import { expect, it } from "vitest";
import { RunMerge } from "../../src/ingest/run-merge.ts";
import { RunWriter, runBlockBytes } from "../../src/ingest/sorted-run.ts";
import { CountedScratch } from "../fake/scratch.ts";

it("two runs become one, however little at a time", () => {
  const scratch = new CountedScratch();
  const runOf = (words: readonly number[], first: number) => {
    const writer = new RunWriter(scratch.new(runBlockBytes));
    writer.append(Uint32Array.from(words.flatMap((word, at) => [first + at, word])));
    return writer.end();
  };
  const evens = Array.from({ length: 700 }, (_, at) => 2 * at);
  const threes = Array.from({ length: 300 }, (_, at) => 3 * at);
  const merge = new RunMerge(runOf(evens, 0), runOf(threes, 700), scratch.new(runBlockBytes));
  const left: number[] = [];
  for (; merge.left > 0; merge.advance(300)) left.push(merge.left);
  expect(left).toEqual([1_000, 700, 400, 100]);
  const run = merge.end();
  const words = Array.from({ length: run.size }, (_, at) => run.wordAt(at));
  expect(words).toEqual([...evens, ...threes].sort((a, b) => a - b));
  const numbers = Array.from({ length: run.size }, (_, at) => run.numberAt(at));
  expect(numbers.every((number, at) => [...evens, ...threes][number] === words[at])).toBe(true);
  merge.abandon();
  expect(scratch.open).toBe(2);
});
