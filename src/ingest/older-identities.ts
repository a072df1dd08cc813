import type { Scratch } from "../spool/scratch.ts";
import { IdentityFilter } from "./identity-filter.ts";
import { isRow, rowWords } from "./identity-row.ts";
import { IdentityRows } from "./identity-rows.ts";
import { SortedRuns } from "./sorted-runs.ts";

/** How many entries of earlier runs are merged for each that comes: more than have to be. */
const mergedEach = 16;
/** So many more the filter is made for when it is full, and at least this share of those that there are. */
const mostGrowth = 1_000_000;
const leastGrowth = 0.3;

/**
 * Identities outside memory, numbered from 0 on: their rows in the order of their numbers, and these sorted
 * by identity. A filter in memory knows nearly all that are not there.
 */
export class OlderIdentities {
  readonly rows: IdentityRows;
  readonly #runs: SortedRuns;
  /** None while very many come at once. */
  #filter: IdentityFilter | undefined;

  /** They come so many at a time, or a multiple: a power of two. */
  constructor(scratch: (blockBytes: number) => Scratch, atATime: number) {
    const blockBits = Math.min(9, Math.log2(atATime));
    this.rows = new IdentityRows(scratch((rowWords << blockBits) * 4), blockBits);
    this.#runs = new SortedRuns(scratch);
  }

  /** The number of an identity, -1 where it is not here; most likely it stands near `at`. */
  find(a: number, b: number, c: number, d: number, at: number): number {
    if (this.#filter?.mayHave(b, c, d) === false) return -1;
    const near = this.rows.near(at, a, b, c, d);
    if (near !== -1) return near;
    const { rows } = this;
    return this.#runs.find(a, (number) => isRow(rows.rowsOf(number), rows.offsetOf(number), a, b, c, d));
  }

  /** How many of those in `words` are surely not here, see `IdentityFilter`; none where that is not known. */
  lacks(words: Uint32Array, from: number, count: number): number {
    return this.#filter?.lacks(words, from, count) ?? 0;
  }

  /**
   * More of them, which get the next numbers: all or none. Not `filtered`: there is no filter until it is
   * asked for.
   */
  append(rows: Uint32Array, filtered: boolean): void {
    const first = this.rows.size;
    const count = rows.length / rowWords;
    const entries = new Uint32Array(2 * count);
    for (let at = 0; at < count; at++) {
      entries[2 * at] = first + at;
      entries[2 * at + 1] = rows[at * rowWords] as number;
    }
    this.#runs.merge(mergedEach * count);
    this.rows.write(rows);
    if (filtered) this.filter(first + count);
    else this.#dropFilter();
    this.#runs.add(entries);
    this.rows.size += count;
    this.#filter?.addRows(rows);
  }

  /** There is a filter, with room for so many. */
  filter(size: number): void {
    if (this.#filter !== undefined && size <= this.#filter.capacity) return;
    // Both at once would be the most of a large day's memory.
    this.#dropFilter();
    const made = new IdentityFilter(roomFor(size));
    for (let block = 0; block < this.rows.size; block += this.rows.blockRows)
      made.addRows(this.rows.rowsOf(block));
    this.#filter = made;
  }

  get byteLength(): number {
    return this.rows.byteLength + this.#runs.byteLength + (this.#filter?.byteLength ?? 0);
  }

  close(): void {
    this.rows.close();
    this.#runs.close();
    this.#dropFilter();
  }

  #dropFilter(): void {
    this.#filter?.drop();
    this.#filter = undefined;
  }
}

/**
 * How many a filter is made for that has so many: the more, the more seldom it is made anew from all rows,
 * and the more of its memory is empty.
 */
function roomFor(size: number): number {
  return size + Math.max(Math.min(size, mostGrowth), Math.ceil(size * leastGrowth));
}
