import type { Scratch } from "../spool/scratch.ts";
import { RunCursor } from "./run-cursor.ts";
import { RunWriter, type SortedRun } from "./sorted-run.ts";

/** Two runs that become one, a little at a time. */
export class RunMerge {
  readonly larger: SortedRun;
  readonly smaller: SortedRun;
  readonly #scratch: Scratch;
  readonly #ofLarger: RunCursor;
  readonly #ofSmaller: RunCursor;
  readonly #writer: RunWriter;

  constructor(larger: SortedRun, smaller: SortedRun, scratch: Scratch) {
    this.larger = larger;
    this.smaller = smaller;
    this.#scratch = scratch;
    this.#ofLarger = new RunCursor(larger);
    this.#ofSmaller = new RunCursor(smaller);
    this.#writer = new RunWriter(scratch);
  }

  /** How many are not written. */
  get left(): number {
    return this.#ofLarger.left + this.#ofSmaller.left;
  }

  /** Writes some more, at most all that are left. */
  advance(entries: number): void {
    const one = this.#ofLarger;
    const other = this.#ofSmaller;
    const into = this.#writer;
    for (let left = Math.min(entries, this.left); left > 0; ) {
      one.fill();
      other.fill();
      into.makeRoom();
      const before = into.at;
      const end = Math.min(into.entries.length, before + 2 * left);
      if (one.at === one.end) takeAll(other, into, end);
      else if (other.at === other.end) takeAll(one, into, end);
      else takeSmaller(one, other, into, end);
      left -= (into.at - before) / 2;
    }
  }

  /** The one run, when nothing is left. */
  end(): SortedRun {
    return this.#writer.end();
  }

  /** It came to nothing. */
  abandon(): void {
    this.#scratch.close();
  }
}

/** Of two, each time the one with the smaller word, until one has none in memory or there is no room. */
function takeSmaller(one: RunCursor, other: RunCursor, into: RunWriter, end: number): void {
  const { entries: ones, end: oneEnd } = one;
  const { entries: others, end: otherEnd } = other;
  const { entries } = into;
  let from = one.at;
  let otherFrom = other.at;
  let to = into.at;
  while (to < end && from < oneEnd && otherFrom < otherEnd) {
    const word = ones[from + 1] as number;
    const otherWord = others[otherFrom + 1] as number;
    if (word <= otherWord) {
      entries[to] = ones[from] as number;
      entries[to + 1] = word;
      from += 2;
    } else {
      entries[to] = others[otherFrom] as number;
      entries[to + 1] = otherWord;
      otherFrom += 2;
    }
    to += 2;
  }
  one.at = from;
  other.at = otherFrom;
  into.at = to;
}

/** Of the one that has any. */
function takeAll(one: RunCursor, into: RunWriter, end: number): void {
  const count = Math.min(one.end - one.at, end - into.at);
  into.entries.set(one.entries.subarray(one.at, one.at + count), into.at);
  one.at += count;
  into.at += count;
}
