/** So many ids are at hand, a power of two, of so many bytes at most. */
const places = 1024;
const idBytes = 32;

/**
 * Ids that were met lately, by their bytes as they stand in a record: to find one makes no text, and asks no
 * map. What is found was noted in the same generation; who is not found may have been forgotten.
 */
export class RecentIds {
  readonly #bytes = new Uint8Array(places * idBytes);
  readonly #lengths = new Uint8Array(places);
  readonly #generations = new Int32Array(places);
  readonly #values = new Int32Array(places);

  /** What was noted of the id from `start` to `end`, or -1. `generation` is 1 or more. */
  find(bytes: Buffer, start: number, end: number, generation: number): number {
    const length = end - start;
    const at = placeOf(bytes, start, end);
    if (this.#generations[at] !== generation || this.#lengths[at] !== length) return -1;
    const from = at * idBytes;
    for (let n = 0; n < length; n += 1) if (this.#bytes[from + n] !== bytes[start + n]) return -1;
    return this.#values[at] as number;
  }

  /** A long one is left out. */
  note(bytes: Buffer, start: number, end: number, generation: number, value: number): void {
    if (end - start > idBytes) return;
    const at = placeOf(bytes, start, end);
    this.#bytes.set(bytes.subarray(start, end), at * idBytes);
    this.#lengths[at] = end - start;
    this.#generations[at] = generation;
    this.#values[at] = value;
  }
}

/** FNV-1a, folded. */
function placeOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & (places - 1);
}
