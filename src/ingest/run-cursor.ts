import { entriesAtOnce, type SortedRun } from "./sorted-run.ts";

/** Goes through a run once, with some blocks of it in memory. */
export class RunCursor {
  /** Two numbers each, as in the run. */
  readonly entries = new Uint32Array(2 * entriesAtOnce);
  /** Those from here on are still to come, and stand before `end`. */
  at = 0;
  end = 0;
  readonly #run: SortedRun;
  #read = 0;

  constructor(run: SortedRun) {
    this.#run = run;
  }

  /** How many are still to come. */
  get left(): number {
    return this.#run.size - this.#read + (this.end - this.at) / 2;
  }

  /** Where all in memory are done, the next ones are there; none where there are no more. */
  fill(): void {
    if (this.at < this.end || this.#read === this.#run.size) return;
    const count = this.#run.readFrom(this.#read, this.entries);
    this.#read += count;
    this.at = 0;
    this.end = 2 * count;
  }
}
