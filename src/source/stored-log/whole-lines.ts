import { Brackets } from "../wandb-log/brackets.ts";
import { Pieces } from "../wandb-log/pieces.ts";

const newline = 0x0a;

/**
 * Holds back what stands behind the last line end, because somebody may still be writing it. A line that is
 * longer than a record may be passes, as far as it came.
 */
export class WholeLines {
  readonly #maxBytes: number;
  readonly #held = new Pieces();
  #passing = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The last line is too long, and has no end yet. */
  get passing(): boolean {
    return this.#passing;
  }

  /** Gives back what goes on: whole lines, or a part of one that is too long. */
  push(chunk: Buffer): readonly Buffer[] {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) this.#passing = false;
    if (this.#passing) return [chunk];
    const lines = end > 0 ? [...this.#held.take(), chunk.subarray(0, end)] : [];
    if (end < chunk.length) this.#held.add(chunk.subarray(end));
    if (this.#held.size <= this.#maxBytes) return lines;
    this.#passing = true;
    return [...lines, ...this.#held.take()];
  }

  /** What is held at the end, and whether it is whole: a value in brackets that closes. */
  end(): { readonly rest: Buffer; readonly closed: boolean } {
    const rest = this.#held.takeWhole();
    const brackets = new Brackets();
    brackets.push(rest);
    return { rest, closed: brackets.closed };
  }
}
