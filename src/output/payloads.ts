import type { Origin } from "../record/origin.ts";
import { Writer } from "../text/writer.ts";

/** What one event becomes on one wire: writes it behind what is there. */
type Encode<Event> = (event: Event, into: Writer) => void;

/**
 * Formatted events on their way out, one behind the other in one piece of memory. Each is counted from 0 in
 * the order of the batch.
 */
export class Payloads {
  readonly #into: Writer;
  readonly #ends: number[] = [];
  // Of each stretch of neighbours from one place: which one, and the first of them.
  readonly #origins: Origin[] = [];
  readonly #firsts: number[] = [];
  #lastOrigin: Origin | undefined;

  /** `capacity`: so many bytes are expected, and hardly ever more than `usual`. */
  constructor(capacity?: number, usual?: number) {
    this.#into = new Writer(capacity, usual);
  }

  get count(): number {
    return this.#ends.length;
  }

  /** All together. */
  get byteLength(): number {
    return this.#into.size;
  }

  /** Adds one; when `encode` throws, nothing is added. */
  add<Event extends { readonly origin: Origin }>(event: Event, encode: Encode<Event>): void {
    const { size } = this.#into;
    try {
      encode(event, this.#into);
    } catch (error) {
      this.#into.size = size;
      throw error;
    }
    if (event.origin !== this.#lastOrigin) this.#beginStretch(event.origin);
    this.#ends.push(this.#into.size);
  }

  /** Adds events from one place that are written one behind the other, and end where `ends` says. */
  addAll(origin: Origin, written: Buffer, ends: Int32Array): void {
    const { size } = this.#into;
    this.#into.constant(written);
    if (origin !== this.#lastOrigin) this.#beginStretch(origin);
    for (let at = 0; at < ends.length; at += 1) this.#ends.push(size + (ends[at] as number));
  }

  /** Nothing is in it, and its memory takes the next ones. */
  clear(): void {
    this.#into.clear();
    this.#ends.length = 0;
    this.#origins.length = 0;
    this.#firsts.length = 0;
    this.#lastOrigin = undefined;
  }

  /** So many bytes have room without more memory. */
  get capacity(): number {
    return this.#into.bytes.length;
  }

  /** As if the last one had not been added. */
  takeBack(): void {
    this.#ends.pop();
    this.#into.size = this.#ends.at(-1) ?? 0;
    if (this.#firsts.at(-1) !== this.#ends.length) return;
    this.#firsts.pop();
    this.#origins.pop();
    this.#lastOrigin = this.#origins.at(-1);
  }

  /** What one of them takes, bytes. */
  size(index: number): number {
    return (this.#ends[index] as number) - this.#start(index);
  }

  /** One of them; shares memory with the others. */
  at(index: number): Buffer {
    return this.#into.bytes.subarray(this.#start(index), this.#ends[index]);
  }

  /** Where the record of one of them is from. */
  origin(index: number): Origin {
    const stretch = this.#firsts.length === 1 ? 0 : this.#firsts.findLastIndex((first) => first <= index);
    return this.#origins[stretch] as Origin;
  }

  /** All of them, one behind the other. */
  whole(): Buffer {
    return this.#into.written();
  }

  /** These, in ascending order, one behind the other: a copy only where it is not all of them. */
  bytesOf(indexes: readonly number[]): Buffer {
    return indexes.length === this.count ? this.whole() : this.only(indexes).whole();
  }

  /** A copy of these alone. */
  only(indexes: readonly number[]): Payloads {
    const part = new Payloads(indexes.reduce((sum, index) => sum + this.size(index), 1));
    for (const index of indexes)
      part.add({ origin: this.origin(index) }, (_, into) => into.constant(this.at(index)));
    return part;
  }

  #beginStretch(origin: Origin): void {
    this.#origins.push(origin);
    this.#firsts.push(this.#ends.length);
    this.#lastOrigin = origin;
  }

  #start(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] as number);
  }
}
