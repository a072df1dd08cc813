import { copyBytes, viewOf } from "../text/copy.ts";

/** Short texts that are always the same, one behind the other, to be copied. */
export class Constants {
  readonly #memory: DataView;
  /** Where each begins, and the last one ends. */
  readonly #starts: Uint32Array;

  constructor(texts: readonly string[]) {
    const bytes = texts.map((text) => Buffer.from(text));
    const all = Buffer.concat(bytes);
    this.#memory = viewOf(all);
    this.#starts = Uint32Array.from([...bytes, all], (_, at) => Buffer.concat(bytes.slice(0, at)).length);
  }

  /** Copies the one at this place. Gives back where the copy ends. */
  copy(place: number, into: DataView, at: number): number {
    const start = this.#starts[place] as number;
    const count = (this.#starts[place + 1] as number) - start;
    copyBytes(this.#memory, start, into, at, count);
    return at + count;
  }
}
