import type { Scratch } from "../spool/store.ts";
import { IdentityFilter } from "./identity-filter.ts";
import { isRow, rowWords } from "./identity-row.ts";
import { IdentityRows } from "./identity-rows.ts";
import { SortedRuns } from "./sorted-runs.ts";

/** How many more the filter is made for than there are when it is full. */
const growth = 1.5;

/**
 * Identities outside memory, numbered from 0 on: their rows in the order of their numbers, and these sorted
 * by identity. A filter in memory knows nearly all that are not there.
 */
export class OlderIdentities {
  readonly rows: IdentityRows;
  readonly #runs: SortedRuns;
  #filter: IdentityFilter;

  /** They come so many at a time, or a multiple: a power of two. */
  constructor(scratch: (blockBytes: number) => Scratch, atATime: number) {
    const blockBits = Math.min(9, Math.log2(atATime));
    this.rows = new IdentityRows(scratch((rowWords << blockBits) * 4), blockBits);
    this.#runs = new SortedRuns(scratch);
    this.#filter = new IdentityFilter(2 * atATime);
  }

  /** The number of an identity, -1 where it is not here; most likely it stands near `at`. */
  find(a: number, b: number, c: number, d: number, at: number): number {
    if (!this.#filter.mayHave(b, c, d)) return -1;
    const near = this.rows.near(at, a, b, c, d);
    if (near !== -1) return near;
    const { rows } = this;
    return this.#runs.find(a, (number) => isRow(rows.rowsOf(number), rows.offsetOf(number), a, b, c, d));
  }

  /** More of them, which get the next numbers: all or none. */
  append(rows: Uint32Array): void {
    const first = this.rows.size;
    const count = rows.length / rowWords;
    const entries = new Uint32Array(2 * count);
    for (let at = 0; at < count; at++) {
      entries[2 * at] = first + at;
      entries[2 * at + 1] = rows[at * rowWords] as number;
    }
    this.#runs.merge();
    this.rows.write(rows);
    this.#runs.add(new BigUint64Array(entries.buffer));
    this.rows.size += count;
    this.#addToFilter(first);
  }

  get byteLength(): number {
    return this.rows.byteLength + this.#runs.byteLength + this.#filter.byteLength;
  }

  close(): void {
    this.rows.close();
    this.#runs.close();
  }

  #addToFilter(first: number): void {
    const { size } = this.rows;
    let from = first;
    if (size > this.#filter.capacity) {
      from = 0;
      this.#filter = new IdentityFilter(Math.ceil(size * growth));
    }
    const filter = this.#filter;
    this.rows.each(from, (_a, b, c, d) => filter.add(b, c, d));
  }
}
