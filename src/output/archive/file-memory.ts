/** Files are not all of one size. */
const blockBytes = 64 * 1024;

/**
 * Memory of files from when they are made until they are stored. A batch's own goes to the next batch,
 * whatever a store may still send of a file. Left to the collector, which looks at everything there is for
 * every few of them, each would cost a tenth more.
 */
export class FileMemory {
  /** Was given back, and waits for the next copy. */
  #free: ArrayBuffer | undefined;
  /** What copies were made in, and is not given back. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** The file's bytes in memory of their own: a copy where they share what the lines lie in. */
  apartFrom(lines: Buffer, file: Buffer): Buffer {
    if (file.buffer !== lines.buffer) return file;
    const memory = this.#take(file.length);
    this.#lent.add(memory);
    const copy = Buffer.from(memory, 0, file.length);
    file.copy(copy);
    return copy;
  }

  /** A file is stored, and nobody reads in its memory any more. Nothing may be asked of its bytes. */
  giveBack({ buffer, length }: Buffer): void {
    if (!(buffer instanceof ArrayBuffer)) return;
    if (this.#lent.delete(buffer)) this.#free = buffer;
    else if (buffer.byteLength === length) buffer.transfer(0);
  }

  #take(bytes: number): ArrayBuffer {
    const free = this.#free;
    this.#free = undefined;
    if (free !== undefined && free.byteLength >= bytes && free.byteLength <= 2 * bytes + blockBytes)
      return free;
    free?.transfer(0);
    return new ArrayBuffer(Math.ceil(bytes / blockBytes) * blockBytes);
  }
}
