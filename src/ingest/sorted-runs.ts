import type { Scratch } from "../spool/scratch.ts";
import { RunMerge } from "./run-merge.ts";
import { sortByWord } from "./sort-by-word.ts";
import { RunWriter, runBlockBytes, type SortedRun } from "./sorted-run.ts";

/**
 * The numbers of identities by their first words, in a few runs: two of about the same size become one, a
 * little at a time, so that each entry is written about as often as the number of runs doubles.
 */
export class SortedRuns {
  readonly #scratch: (blockBytes: number) => Scratch;
  /** In the order they came. */
  readonly #runs: SortedRun[] = [];
  /** Two of them that become one. */
  #merge: RunMerge | undefined;

  constructor(scratch: (blockBytes: number) => Scratch) {
    this.#scratch = scratch;
  }

  /**
   * Takes over all or nothing. Each entry is a number and the first word of its identity, in the order of
   * the numbers; they are sorted here. Their memory is given back.
   */
  add(entries: Uint32Array<ArrayBuffer>): void {
    const sorted = new Uint32Array(entries.length);
    sortByWord(entries, sorted);
    // At once: the collector would let much of it come together.
    entries.buffer.transfer(0);
    const scratch = this.#scratch(runBlockBytes);
    try {
      const writer = new RunWriter(scratch);
      writer.append(sorted);
      this.#runs.push(writer.end());
    } catch (error) {
      scratch.close();
      throw error;
    } finally {
      sorted.buffer.transfer(0);
    }
  }

  /** Goes on with what is to become one, so many entries. */
  merge(entries: number): void {
    for (let left = entries; left > 0; ) {
      this.#merge ??= this.#begin();
      if (this.#merge === undefined) return;
      const some = Math.min(left, this.#merge.left);
      this.#advance(this.#merge, some);
      left -= some;
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
    this.#merge?.abandon();
    for (const run of this.#runs) run.close();
  }

  /** The last two next to each other that are of about the same size. */
  #begin(): RunMerge | undefined {
    for (let at = this.#runs.length - 2; at >= 0; at--) {
      const [larger, smaller] = this.#runs.slice(at) as [SortedRun, SortedRun];
      if (larger.size < 2 * smaller.size) return new RunMerge(larger, smaller, this.#scratch(runBlockBytes));
    }
    return undefined;
  }

  #advance(merge: RunMerge, entries: number): void {
    try {
      merge.advance(entries);
      if (merge.left > 0) return;
      const run = merge.end();
      this.#merge = undefined;
      this.#runs.splice(this.#runs.indexOf(merge.larger), 2, run);
    } catch (error) {
      // What was written of it is in doubt: it begins anew.
      this.#merge = undefined;
      merge.abandon();
      throw error;
    }
    merge.larger.close();
    merge.smaller.close();
  }
}
