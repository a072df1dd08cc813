import { createHash, type Hash } from "node:crypto";
import { memoryOf } from "../record/memory-view.ts";
import type { DayDigest } from "../spool/closed-day.ts";
import { knownBytes } from "../spool/store.ts";
import type { Clock } from "../time/clock.ts";
import type { ShownTimes } from "./sightings.ts";

/** So many identities are sorted in memory at a time, on average: of more each time a part of all. */
const sortedAtOnce = 262_144;
/** A row among those that are sorted together. */
const rowBits = 20;
/** Others have their turn so often, milliseconds. */
const turnMs = 10;
const identityBytes = 16;
const words = 2 ** 32;

/** What a day is digested with. */
export interface DigestOptions {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** See `sortedAtOnce`. */
  readonly atOnce?: number;
}

/** The digest of a day of which nothing is shown. */
export function emptyDigest(day: number): DayDigest {
  return { day, records: 0, identities: 0, digest: createHash("sha256").digest("hex") };
}

/**
 * The digest of what was shown of a day. Identities are as good as random: parts of their range are of about
 * the same size. Rejects with what `stop` was aborted with.
 */
export async function dayDigest(day: number, shown: ShownTimes, options: DigestOptions): Promise<DayDigest> {
  const { atOnce = sortedAtOnce } = options;
  const turns = new Turns(options);
  let records = 0;
  let identities = 0;
  for (const at of shown.times.marked()) {
    identities++;
    records += shown.times.get(at);
    if (turns.isDue(at)) await turns.take();
  }
  const parts = Math.max(1, Math.ceil(identities / atOnce));
  const hash = createHash("sha256");
  for (let part = 0; part < parts; part++) {
    const [from, to] = [Math.floor((part * words) / parts), Math.floor(((part + 1) * words) / parts)];
    const rows = new Rows();
    for (const at of shown.times.marked()) {
      rows.offer(shown, at, from, to);
      if (turns.isDue(at)) await turns.take();
    }
    rows.digestInto(hash);
    await turns.take();
  }
  return { day, records, identities, digest: hash.digest("hex") };
}

/** Identities, each with how often it was shown. */
class Rows {
  #bytes = Buffer.allocUnsafe(1024 * knownBytes);
  #size = 0;

  /** Takes over the identity with a number if its first word is in the range. */
  offer({ known, times }: ShownTimes, at: number, from: number, to: number): void {
    if (this.#bytes.length < (this.#size + 1) * knownBytes)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.allocUnsafe(this.#bytes.length)]);
    const start = this.#size * knownBytes;
    const { byteOffset } = this.#bytes;
    known.write(at, times.get(at), 0, memoryOf(this.#bytes), byteOffset + start);
    const word = this.#bytes.readUInt32BE(start);
    if (word >= from && word < to) this.#size++;
  }

  /** In ascending order. */
  digestInto(hash: Hash): void {
    const keys = this.#sortedKeys();
    const low = (row: number) => (keys[row * 2] as number) >>> rowBits;
    const isAlike = (row: number, other: number) =>
      keys[row * 2 + 1] === keys[other * 2 + 1] && low(row) === low(other);
    for (let row = 0; row < this.#size; ) {
      let end = row + 1;
      while (end < this.#size && isAlike(row, end)) end++;
      const alike: Buffer[] = [];
      for (; row < end; row++) alike.push(this.#row((keys[row * 2] as number) & (2 ** rowBits - 1)));
      if (alike.length > 1) alike.sort(Buffer.compare);
      for (const bytes of alike)
        hash.update(`${bytes.toString("hex", 0, identityBytes)} ${bytes.readUInt32LE(identityBytes + 4)}\n`);
    }
  }

  /** The first bits of each identity above its row, as pairs of words, the lower one first. */
  #sortedKeys(): Uint32Array {
    if (this.#size > 2 ** rowBits) throw new Error(`${this.#size} identities cannot be sorted together`);
    const keys = new BigUint64Array(this.#size);
    const pairs = new Uint32Array(keys.buffer);
    for (let row = 0; row < this.#size; row++) {
      const bytes = this.#row(row);
      pairs[row * 2 + 1] = bytes.readUInt32BE(0);
      pairs[row * 2] = ((bytes.readUInt32BE(4) >>> rowBits) << rowBits) | row;
    }
    keys.sort();
    return pairs;
  }

  #row(row: number): Buffer {
    return this.#bytes.subarray(row * knownBytes, (row + 1) * knownBytes);
  }
}

/** Turns for others in a long piece of work. */
class Turns {
  readonly #options: DigestOptions;
  #began: number;

  constructor(options: DigestOptions) {
    this.#options = options;
    this.#began = options.clock.monotonic();
  }

  /** The clock is not asked at every step. */
  isDue(step: number): boolean {
    return (step & 1023) === 0 && this.#options.clock.monotonic() - this.#began >= turnMs;
  }

  async take(): Promise<void> {
    const { clock, stop } = this.#options;
    await clock.sleep(0, stop);
    stop.throwIfAborted();
    this.#began = clock.monotonic();
  }
}
