import type { EncodedChunk } from "./chunk-codec.ts";

const maxBytes = 3 * 1024 * 1024;

/**
 * The chunks written last, for who follows so closely that it asks for each before more than 3 MiB wait: it
 * gets them as they were written, and nothing is read from the disk. For who falls behind they are read,
 * until it has caught up.
 */
export class FreshChunks {
  /** Oldest first. */
  #waiting: EncodedChunk[] = [];
  #bytes = 0;
  #followed = false;

  /** Somebody has everything that was written by now. */
  follow(): void {
    this.#followed = true;
  }

  /** It was written: a copy waits, as the memory of `bytes` takes the next one. */
  add(written: Omit<EncodedChunk, "bytes"> & { readonly bytes: Uint8Array }): void {
    if (!this.#followed) return;
    this.#waiting.push({ ...written, bytes: new Uint8Array(written.bytes) });
    this.#bytes += written.bytes.length;
    if (this.#bytes > maxBytes) this.clear();
  }

  /** The one that has `seq`, which does not wait any more. */
  take(seq: number): EncodedChunk | undefined {
    const at = this.#waiting.findIndex(({ firstSeq, count }) => firstSeq <= seq && seq < firstSeq + count);
    const [found] = at === -1 ? [] : this.#waiting.splice(at, 1);
    this.#bytes -= found?.bytes.length ?? 0;
    return found;
  }

  /** What was added may not be on disk, or nobody comes for it. */
  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#followed = false;
  }
}
