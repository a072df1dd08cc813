import type { Scratch } from "../spool/store.ts";
import { RunWriter, runBlockBytes, type SortedRun } from "./sorted-run.ts";

/**
 * The numbers of identities by their first words, in a few runs: two of about the same size become one, so
 * that each entry is written about as often as the number of runs doubles.
 */
export class SortedRuns {
  readonly #scratch: (blockBytes: number) => Scratch;
  /** The largest first. */
  readonly #runs: SortedRun[] = [];

  constructor(scratch: (blockBytes: number) => Scratch) {
    this.#scratch = scratch;
  }

  /** Takes over all or nothing. Each entry is a first word above a number, and they are sorted here. */
  add(entries: BigUint64Array): void {
    entries.sort();
    const words = new Uint32Array(entries.buffer, entries.byteOffset, entries.length * 2);
    const run = this.#written((writer) => {
      for (let at = 0; at < words.length; at += 2) writer.push(words[at + 1] as number, words[at] as number);
    });
    this.#runs.push(run);
  }

  /** Two of about the same size become one. */
  merge(): void {
    for (;;) {
      const [larger, smaller] = this.#runs.slice(-2);
      if (larger === undefined || smaller === undefined || larger.size >= 2 * smaller.size) return;
      const run = this.#written((writer) => pushBoth(larger, smaller, writer));
      this.#runs.splice(-2, 2, run);
      larger.close();
      smaller.close();
    }
  }

  /** The number of this first word that `isIt` calls the right one, or -1. */
  find(word: number, isIt: (number: number) => boolean): number {
    for (const run of this.#runs) {
      const found = run.find(word, isIt);
      if (found !== -1) return found;
    }
    return -1;
  }

  get byteLength(): number {
    return this.#runs.reduce((bytes, run) => bytes + run.byteLength, 0);
  }

  close(): void {
    for (const run of this.#runs) run.close();
  }

  #written(push: (writer: RunWriter) => void): SortedRun {
    const scratch = this.#scratch(runBlockBytes);
    try {
      const writer = new RunWriter(scratch);
      push(writer);
      return writer.end();
    } catch (error) {
      scratch.close();
      throw error;
    }
  }
}

function pushBoth(one: SortedRun, other: SortedRun, into: RunWriter): void {
  let left = 0;
  let right = 0;
  while (left < one.size && right < other.size) {
    const word = one.wordAt(left);
    const otherWord = other.wordAt(right);
    if (word <= otherWord) into.push(word, one.numberAt(left++));
    else into.push(otherWord, other.numberAt(right++));
  }
  for (; left < one.size; left++) into.push(one.wordAt(left), one.numberAt(left));
  for (; right < other.size; right++) into.push(other.wordAt(right), other.numberAt(right));
}
