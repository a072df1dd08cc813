import type { Transform } from "node:stream";

/** A stream of node:zlib, as far as it is asked here. */
type Decompress = Transform & { readonly bytesWritten: number };

/**
 * Packed bytes that end by themselves: takes chunks until then, the last of which may hold what is behind.
 */
export class PackedRun {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #decompress: Decompress;
  readonly #first: readonly Buffer[];
  /** What it was given and has not used, as far as that is known. */
  #given: Buffer[] = [];
  /** How many bytes were given before these. */
  #before = 0;
  #over = false;

  /** `first` comes before the chunks. */
  constructor(chunks: AsyncIterator<Buffer>, first: readonly Buffer[], decompress: Decompress) {
    this.#chunks = chunks;
    this.#first = first;
    this.#decompress = decompress;
  }

  /** Unpacked. Throws what zlib or the chunks do. */
  async *bytes(): AsyncGenerator<Buffer> {
    const fed = this.#feed().catch((error: unknown) => void this.#decompress.destroy(error as Error));
    try {
      yield* this.#decompress as AsyncIterable<Buffer>;
    } finally {
      this.#over = true;
      this.#decompress.destroy();
    }
    await fed;
  }

  /** What it was given and is behind its end. */
  behind(): readonly Buffer[] {
    this.#drop();
    const [first, ...others] = this.#given;
    const left = first?.subarray(this.#decompress.bytesWritten - this.#before);
    return left === undefined ? [] : [left, ...others].filter(({ length }) => length > 0);
  }

  async #feed(): Promise<void> {
    for (const chunk of this.#first) await this.#give(chunk);
    while (!this.#over && !this.#decompress.destroyed) {
      const step = await this.#chunks.next();
      if (step.done === true) {
        this.#decompress.end();
        return;
      }
      await this.#give(step.value);
    }
  }

  /** Resolves when it was used, or will not be. */
  async #give(chunk: Buffer): Promise<void> {
    this.#given.push(chunk);
    if (this.#over) return;
    await new Promise<void>((resolve) => {
      this.#decompress.once("close", resolve);
      this.#decompress.write(chunk, () => {
        this.#decompress.off("close", resolve);
        resolve();
      });
    });
    this.#drop();
  }

  #drop(): void {
    for (;;) {
      const [first] = this.#given;
      if (first === undefined || this.#before + first.length > this.#decompress.bytesWritten) return;
      this.#before += first.length;
      this.#given.shift();
    }
  }
}

/** Nobody reads on, perhaps while a chunk is on its way: that is not waited for. */
export function letGo(chunks: AsyncIterator<Buffer>): void {
  void Promise.resolve(chunks.return?.()).catch(() => {});
}
