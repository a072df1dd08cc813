import { kernelBytes, kernelNumbers, kernelPlaces } from "../kernel/kernel.ts";
import type { Instant } from "../time/clock.ts";
import { type Entry, spanOf } from "./entry.ts";
import { place } from "./known-keys.ts";
import { isLogDay } from "./log-days.ts";
import { parseEntry } from "./parse-entry.ts";
import type { RawRecord } from "./record.ts";
import { readLines } from "./regular-entry.ts";
import { timestampAt } from "./timestamp.ts";

const { linesAt, linesMost, rowEndsAt, rowsAt, rowStartsAt, rowUidsMost, spansAt, spansMost, stateAt } =
  kernelPlaces;
const numberBytes = Int32Array.BYTES_PER_ELEMENT;
const firstRow = rowsAt / numberBytes;
const firstSpan = spansAt / numberBytes;
const rowNumbers = 4;
/** What a row says of its time, see kernel/rows.ts. */
const undated = 0;
const otherTime = 1;
const daySeconds = 86_400;
const firstRows = 256;

/** Whose lines are in the kernel. */
let inKernel: EntryRows | undefined;

/**
 * Dated entries that came one behind the other, as rows of numbers over one piece of memory: nearly all are
 * only hashed, looked up and copied, and an object for each would cost more than that. The memory is used
 * again for the next ones.
 */
export class EntryRows {
  /** Whole lines: the first `size` of these. */
  bytes: Buffer = Buffer.alloc(0);
  /** The same memory. */
  memory = new DataView(this.bytes.buffer);
  size = 0;
  count = 0;
  /** Where each entry's bytes begin and end. */
  starts = new Int32Array(firstRows);
  ends = new Int32Array(firstRows);
  /** Where in `spans` the slots of each begin, see `Entry`; -1 for one that is not regular. */
  bases = new Int32Array(firstRows);
  readonly times: Instant[] = [];
  spans = new Int32Array(firstRows * 64);
  #free = 0;
  /** So many rows are in the kernel that were not taken yet, the first of them here. */
  #ahead = 0;
  #row = firstRow;
  /** Where in `spans` the kernel's begin. */
  #shift = 0;
  /** That of the last of them that was taken and dated, where it can be one of the log. */
  #time: Instant | undefined;

  /** Begins anew, with the lines that these parts have together. */
  begin(parts: readonly Buffer[]): void {
    this.count = 0;
    this.times.length = 0;
    this.#free = 0;
    this.size = parts.reduce((sum, { length }) => sum + length, 0);
    if (this.size > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(this.size);
      this.memory = new DataView(this.bytes.buffer);
    }
    let at = 0;
    for (const part of parts) at += part.copy(this.bytes, at);
    this.#ahead = 0;
    inKernel = undefined;
  }

  /**
   * Takes the line at `start` where it is a regular entry, of at most so many bytes, that says what happened,
   * and when. Gives back where the next line begins; -1 for any other, of which nothing is said.
   */
  takeRegular(start: number, maxBytes: number): number {
    const isAhead = this.#ahead > 0 && inKernel === this && kernelNumbers[this.#row] === start;
    if (!isAhead && !this.#readAhead(start)) return -1;
    const row = this.#row;
    const end = kernelNumbers[row + 1] as number;
    const base = this.#shift + (kernelNumbers[row + 2] as number);
    const dated = kernelNumbers[row + 3];
    this.#row += rowNumbers;
    this.#ahead -= 1;
    if (dated === otherTime) this.#time = this.#timeOf(base);
    const time = this.#time;
    if (dated === undated || time === undefined || end - start > maxBytes) return -1;
    this.#add(start, end, base, time);
    return end + 1;
  }

  /** Takes any dated entry, which stands between these places. */
  take(start: number, end: number, time: Instant): void {
    this.#add(start, end, -1, time);
  }

  /** As an object, whose bytes are of use until the rows begin anew. */
  record(at: number): RawRecord {
    const bytes = this.bytes.subarray(this.starts[at], this.ends[at]);
    return { bytes, entry: parseEntry(bytes) as Entry };
  }

  /**
   * Lays lines and spans at `linesAt` and `spansAt` of the kernel, and where each row starts and ends. False:
   * they have no room there.
   */
  toKernel(): boolean {
    inKernel = undefined;
    if (this.size > linesMost || this.#free * numberBytes > spansMost || this.count > rowUidsMost)
      return false;
    this.bytes.copy(kernelBytes, linesAt, 0, this.size);
    kernelNumbers.set(this.spans.subarray(0, this.#free), firstSpan);
    kernelNumbers.set(this.starts.subarray(0, this.count), rowStartsAt / numberBytes);
    kernelNumbers.set(this.ends.subarray(0, this.count), rowEndsAt / numberBytes);
    return true;
  }

  /** How many bytes the entry has. */
  lengthOf(at: number): number {
    return (this.ends[at] as number) - (this.starts[at] as number);
  }

  get byteLength(): number {
    return this.size + 4 * this.#free + this.count * 24;
  }

  /** Of an entry that says when, in a text; undefined where that is no time of the log. */
  #timeOf(base: number): Instant | undefined {
    const { bytes, spans } = this;
    const span = spanOf(spans, base, place.timestamp);
    const time = timestampAt(bytes, spans[span + 2], spans[span + 3]);
    return time !== undefined && isLogDay(Math.floor(time.seconds / daySeconds)) ? time : undefined;
  }

  #add(start: number, end: number, base: number, time: Instant): void {
    const at = this.count++;
    if (at === this.starts.length) this.#moreRows();
    this.starts[at] = start;
    this.ends[at] = end;
    this.bases[at] = base;
    this.times.push(time);
  }

  #moreRows(): void {
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.bases = larger(this.bases);
  }

  /** Has the kernel read the lines from `start` on, up to the first that is not regular. */
  #readAhead(start: number): boolean {
    if (this.size > linesMost) return false;
    if (inKernel !== this) this.bytes.copy(kernelBytes, linesAt, 0, this.size);
    inKernel = this;
    this.#ahead = readLines(start, this.size);
    if (this.#ahead === 0) return false;
    this.#row = firstRow;
    this.#shift = this.#free;
    const numbers = kernelNumbers[stateAt / numberBytes] as number;
    while (this.#free + numbers > this.spans.length) this.spans = larger(this.spans);
    this.spans.set(kernelNumbers.subarray(firstSpan, firstSpan + numbers), this.#free);
    this.#free += numbers;
    return true;
  }
}

function larger(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const made = new Int32Array(numbers.length * 2);
  made.set(numbers);
  return made;
}
