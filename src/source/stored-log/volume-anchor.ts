import type { Spread } from "../wandb-log/spread.ts";

const leastBlock = 1024 * 1024;
const newline = 0x0a;

/** What tells where the next read of a volume begins. */
export interface VolumeAnchorOptions {
  /** Where this one begins, bytes. */
  readonly from: number;
  /** How far behind its newest entry a volume is read once more, milliseconds. */
  readonly lookback: number;
  /** Later entries have the wrong date, epoch milliseconds: none of them moves the anchor. */
  readonly latest: number;
  /** A longer line is cut. */
  readonly maxLine: number;
}

/** The times of passages are known by their ten minutes. */
const slotMs = 600_000;

/**
 * Where a volume that grows is read from the next time: behind it stands every line whose twin may still be
 * written, so that twins are counted as if all of it had been read. Remembers a place in every megabyte.
 */
export class VolumeAnchor implements Pick<Spread, "see" | "nextPage"> {
  /** Epoch milliseconds of the newest entry. */
  newest = Number.NEGATIVE_INFINITY;
  readonly #options: VolumeAnchorOptions;
  readonly #blockBytes: number;
  #offset: number;
  /** Beginnings of lines, each with the newest entry of a while after it: all before is no newer. */
  #places: { readonly at: number; readonly newest: number }[] = [];
  #waiting: number | undefined;
  #begun: number;

  constructor(options: VolumeAnchorOptions) {
    this.#options = options;
    // What was passed on is read as entries when so much more has come, at the latest.
    this.#blockBytes = Math.max(leastBlock, options.maxLine);
    this.#offset = options.from;
    this.#begun = options.from;
  }

  /** The time of entries. */
  see(seconds: number): void {
    const ms = seconds * 1000 + slotMs;
    if (ms > this.newest && ms <= this.#options.latest + slotMs) this.newest = ms;
  }

  nextPage(): void {}

  /** How many places are remembered. */
  get places(): number {
    return this.#places.length;
  }

  /** These bytes were read. */
  passed(bytes: Buffer): void {
    this.#offset += bytes.length;
    if (this.#offset - this.#begun < this.#blockBytes) return;
    const line = bytes.lastIndexOf(newline);
    if (line === -1) return;
    if (this.#waiting !== undefined) this.#places.push({ at: this.#waiting, newest: this.newest });
    this.#waiting = this.#offset - bytes.length + line + 1;
    this.#begun = this.#waiting;
    if (this.#places.length > 2 * this.#behind().length + 16) this.#places = this.#behind();
  }

  /** Bytes that were read, from the beginning of the volume. */
  get offset(): number {
    return this.#offset;
  }

  /** Where the next read begins, bytes. */
  get at(): number {
    const last = this.#places.findLast(({ newest }) => newest < this.newest - this.#options.lookback);
    return last?.at ?? this.#options.from;
  }

  /** The places that may still become the anchor, and the one that is. */
  #behind(): { readonly at: number; readonly newest: number }[] {
    const at = this.at;
    return this.#places.filter((place) => place.at >= at);
  }
}
