import { copiesBeyond, copyWords } from "./memory-view.ts";

/** Short texts that are always the same, one behind the other, to be copied a word at a time. */
export class Constants {
  readonly #memory: DataView;
  /** Where each begins, and the last one ends. */
  readonly #starts: Uint32Array;

  constructor(texts: readonly string[]) {
    const bytes = texts.map((text) => Buffer.from(text));
    const all = new Uint8Array(Buffer.concat([...bytes, Buffer.alloc(copiesBeyond)]));
    this.#memory = new DataView(all.buffer);
    this.#starts = Uint32Array.from([...bytes, all], (_, at) => Buffer.concat(bytes.slice(0, at)).length);
  }

  /** Copies the one at this place. Gives back where the copy ends. */
  copy(place: number, into: DataView, at: number): number {
    const end = this.#starts[place + 1] as number;
    return copyWords(this.#memory, this.#starts[place] as number, end, into, at);
  }
}
