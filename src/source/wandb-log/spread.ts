import type { Window } from "../../record/reading.ts";

/** W&B writes its log every ten minutes: entries are counted by as much, milliseconds. */
export const slotMs = 600_000;

/**
 * How many entries were shown in each ten minutes; slots are numbered from 1970 on. While pages are read the
 * log may move, and an entry be shown at the end of one page and at the beginning of the next: there are
 * `least` to `most`.
 */
export interface SlotCounts {
  readonly first: number;
  readonly most: readonly number[];
  /** Absent: as `most`. */
  readonly least?: readonly number[];
}

/** Counts the entries of an answer by their time, in a span of whole slots. Of one size, whatever comes. */
export class Spread {
  /** Entries with a time that is not in the span. */
  outside = 0;
  readonly #first: number;
  readonly #most: Uint32Array;
  readonly #least: Uint32Array;
  readonly #ofPage: Uint32Array;
  /** On which page each slot was counted last. */
  readonly #pages: Uint32Array;
  #page = 0;

  constructor({ from, to }: Window) {
    this.#first = Math.floor(from / slotMs);
    const slots = Math.max(0, Math.ceil(to / slotMs) - this.#first);
    this.#most = new Uint32Array(slots);
    this.#least = new Uint32Array(slots);
    this.#ofPage = new Uint32Array(slots);
    this.#pages = new Uint32Array(slots);
  }

  /** So many entries of one time. */
  see(seconds: number, entries = 1): void {
    const at = Math.floor((seconds * 1000) / slotMs) - this.#first;
    if (at < 0 || at >= this.#most.length) {
      this.outside += entries;
      return;
    }
    if (this.#pages[at] !== this.#page) {
      this.#pages[at] = this.#page;
      this.#ofPage[at] = 0;
    }
    const ofPage = (this.#ofPage[at] as number) + entries;
    this.#ofPage[at] = ofPage;
    if (ofPage > (this.#least[at] as number)) this.#least[at] = ofPage;
    this.#most[at] = (this.#most[at] as number) + entries;
  }

  nextPage(): void {
    this.#page++;
  }

  counts(): SlotCounts {
    const most = [...this.#most];
    const sure = most.every((count, at) => count === this.#least[at]);
    return { first: this.#first, most, ...(!sure && { least: [...this.#least] }) };
  }
}
