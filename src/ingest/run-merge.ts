import type { Scratch } from "../spool/scratch.ts";
import { RunWriter, type SortedRun } from "./sorted-run.ts";

/** Two runs that become one, a little at a time. */
export class RunMerge {
  readonly larger: SortedRun;
  readonly smaller: SortedRun;
  readonly #scratch: Scratch;
  readonly #writer: RunWriter;
  /** How many of each are written. */
  #ofLarger = 0;
  #ofSmaller = 0;

  constructor(larger: SortedRun, smaller: SortedRun, scratch: Scratch) {
    this.larger = larger;
    this.smaller = smaller;
    this.#scratch = scratch;
    this.#writer = new RunWriter(scratch);
  }

  /** How many are not written. */
  get left(): number {
    return this.larger.size + this.smaller.size - this.#ofLarger - this.#ofSmaller;
  }

  /** Writes some more, at most all that are left. */
  advance(entries: number): void {
    const { larger, smaller } = this;
    for (let left = entries; left > 0; left--) {
      const word = this.#ofLarger < larger.size ? larger.wordAt(this.#ofLarger) : undefined;
      const other = this.#ofSmaller < smaller.size ? smaller.wordAt(this.#ofSmaller) : undefined;
      if (word !== undefined && (other === undefined || word <= other))
        this.#writer.push(word, larger.numberAt(this.#ofLarger++));
      else if (other !== undefined) this.#writer.push(other, smaller.numberAt(this.#ofSmaller++));
      else return;
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
