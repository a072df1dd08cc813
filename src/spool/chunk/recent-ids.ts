import { memoryOf } from "../../record/memory-view.ts";

const placeBits = 10;
/** So many ids are at hand, of so many words at most. */
const places = 1 << placeBits;
const idWords = 8;
const wordBytes = 4;
const idBytes = idWords * wordBytes;
/** An id is at one of so many places: at one alone, a few hundred ids would drive each other out. */
const tries = 4;

/**
 * Ids that were met lately, by their bytes as they stand in a record: to find one makes no text, and asks no
 * map. What is found was noted in the same generation; who is not found may have been forgotten.
 */
export class RecentIds {
  readonly #words = new Int32Array(places * idWords);
  readonly #lengths = new Uint8Array(places);
  readonly #generations = new Int32Array(places);
  readonly #values = new Int32Array(places);
  #noted = 0;

  /** What was noted of the id from `start` to `end`, or -1. `generation` is 1 or more. */
  find(bytes: Buffer, start: number, end: number, generation: number): number {
    const length = end - start;
    if (length > idBytes) return -1;
    const memory = memoryOf(bytes);
    const from = bytes.byteOffset + start;
    const first = placeOf(memory, from, length);
    for (let tried = 0; tried < tries; tried += 1) {
      const at = (first + tried) & (places - 1);
      if (this.#generations[at] === generation && this.#isAt(at, memory, from, length))
        return this.#values[at] as number;
    }
    return -1;
  }

  /** One that is not found. A long one is left out. */
  note(bytes: Buffer, start: number, end: number, generation: number, value: number): void {
    const length = end - start;
    if (length > idBytes) return;
    const memory = memoryOf(bytes);
    const from = bytes.byteOffset + start;
    const at = this.#placeFor(placeOf(memory, from, length));
    let word = at * idWords;
    for (let n = 0; n < length; n += wordBytes, word += 1)
      this.#words[word] = wordAt(memory, from, n, length);
    this.#lengths[at] = length;
    this.#generations[at] = generation;
    this.#values[at] = value;
  }

  #isAt(at: number, memory: DataView, from: number, length: number): boolean {
    if (this.#lengths[at] !== length) return false;
    let word = at * idWords;
    for (let n = 0; n < length; n += wordBytes, word += 1)
      if (this.#words[word] !== wordAt(memory, from, n, length)) return false;
    return true;
  }

  /** One that nobody has, or each of them in turn. */
  #placeFor(first: number): number {
    for (let tried = 0; tried < tries; tried += 1) {
      const at = (first + tried) & (places - 1);
      if (this.#generations[at] === 0) return at;
    }
    this.#noted += 1;
    return (first + (this.#noted % tries)) & (places - 1);
  }
}

/** Its words, mixed: the highest bits depend on all of them. */
function placeOf(memory: DataView, from: number, length: number): number {
  let hash = length;
  for (let n = 0; n < length; n += wordBytes)
    hash = Math.imul(hash ^ wordAt(memory, from, n, length), 0x9e3779b1);
  return hash >>> (32 - placeBits);
}

/** The word `n` bytes into an id at `from`; the last one ends where the id does. */
function wordAt(memory: DataView, from: number, n: number, length: number): number {
  if (length >= wordBytes) return memory.getInt32(from + Math.min(n, length - wordBytes), true);
  let word = 0;
  for (let at = from; at < from + length; at += 1) word = (word << 8) | memory.getUint8(at);
  return word;
}
