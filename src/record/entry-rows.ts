import type { Instant } from "../time/clock.ts";
import { type Entry, slots, spanOf } from "./entry.ts";
import { plainString } from "./json-scanner.ts";
import { knownKeys, place } from "./known-keys.ts";
import { isLogDay } from "./log-days.ts";
import { parseEntry } from "./parse-entry.ts";
import type { RawRecord } from "./record.ts";
import { lookAhead, readRegularAt, regularEnd } from "./regular-entry.ts";
import { asciiBit, stride } from "./span-block.ts";
import { timestampAt } from "./timestamp.ts";

const newline = 0x0a;
const daySeconds = 86_400;
/** What a row takes at most. */
const rowNumbers = slots + knownKeys.length * stride;
const firstRows = 256;

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

  /** Begins anew, with the lines that these parts have together. */
  begin(parts: readonly Buffer[]): void {
    this.count = 0;
    this.times.length = 0;
    this.#free = 0;
    this.size = parts.reduce((sum, { length }) => sum + length, 0);
    if (this.size + lookAhead > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(this.size + lookAhead);
      this.memory = new DataView(this.bytes.buffer);
    }
    let at = 0;
    for (const part of parts) at += part.copy(this.bytes, at);
  }

  /**
   * Takes the line at `start` where it is a regular entry, of at most so many bytes, that says what happened,
   * and when. Gives back where the next line begins; -1 for any other, of which nothing is said.
   */
  takeRegular(start: number, maxBytes: number): number {
    this.#roomForSpans();
    const { bytes, spans } = this;
    const base = this.#free;
    spans.fill(0, base, base + slots);
    const size = readRegularAt(bytes, start, this.size, spans, base);
    if (size === -1) return -1;
    const end = regularEnd(spans, base, size);
    if (end >= this.size || bytes[end] !== newline || end - start > maxBytes) return -1;
    const action = this.#textIn(base, place.action);
    const timestamp = this.#textIn(base, place.timestamp);
    if (action === -1 || timestamp === -1) return -1;
    const time = timestampAt(bytes, spans[timestamp + 2], spans[timestamp + 3]);
    if (time === undefined || !isLogDay(Math.floor(time.seconds / daySeconds))) return -1;
    this.#free = base + slots + size * stride;
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

  get byteLength(): number {
    return this.size + 4 * this.#free + this.count * 24;
  }

  /** Where the numbers of a member stand that is a text and not empty; -1 where it is none. */
  #textIn(base: number, key: number): number {
    const { spans } = this;
    const span = spanOf(spans, base, key);
    if (span === -1) return -1;
    const isText = ((spans[span + 1] as number) & ~asciiBit) === plainString;
    return isText && (spans[span + 3] as number) > (spans[span + 2] as number) ? span : -1;
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

  #roomForSpans(): void {
    if (this.#free + rowNumbers > this.spans.length) this.spans = larger(this.spans);
  }
}

function larger(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const made = new Int32Array(numbers.length * 2);
  made.set(numbers);
  return made;
}
