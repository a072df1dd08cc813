import { builtin } from "../../builtin.ts";
import { diskError, diskFailed } from "../disk-error.ts";
import type { Scratch } from "../scratch.ts";
import { SpoolError } from "../spool-error.ts";
import { stateFiles } from "../state-directory.ts";
import { inMemory } from "./database.ts";

const { closeSync, openSync, readSync, rmSync, writeSync } = builtin("node:fs");
const { crc32 } = builtin("node:zlib");

/** Where scratch is made. */
export interface ScratchRoom {
  make(blockBytes: number): Scratch;
  /** All of it is gone. */
  close(): void;
}

/**
 * Scratch in the state directory, in files that no name leads to: they go with the process, however that
 * ends. A checksum of each block stays in memory. `onFull` is told what the disk had no room for.
 */
export function scratchRoom(
  directory: string,
  onFull: (bytes: number, error: SpoolError) => void,
): ScratchRoom {
  const open = new Set<ScratchFile>();
  return {
    make(blockBytes) {
      if (directory === inMemory) return memoryScratch(blockBytes);
      const made = new ScratchFile(stateFiles(directory).scratch, blockBytes, onFull, () =>
        open.delete(made),
      );
      open.add(made);
      return made;
    },
    close() {
      for (const scratch of [...open]) scratch.close();
    },
  };
}

/** The same in memory, of a state that lies nowhere else. */
function memoryScratch(blockBytes: number): Scratch {
  const blocks: Uint8Array[] = [];
  return {
    write(first, bytes) {
      for (let from = 0, block = first; from < bytes.length; from += blockBytes, block++)
        blocks[block] = bytes.slice(from, from + blockBytes);
    },
    read(first, into) {
      for (let at = 0, block = first; at < into.length; at += blockBytes, block++)
        into.set(blocks[block] as Uint8Array, at);
    },
    close() {},
    get byteLength() {
      return blocks.length * blockBytes;
    },
  };
}

class ScratchFile implements Scratch {
  readonly #blockBytes: number;
  readonly #onFull: (bytes: number, error: SpoolError) => void;
  /** -1 where it is closed: the number may be another file's by then. */
  #descriptor: number;
  readonly #onClose: () => void;
  #sums = new Uint32Array(64);

  constructor(
    path: string,
    blockBytes: number,
    onFull: (bytes: number, error: SpoolError) => void,
    onClose: () => void,
  ) {
    this.#blockBytes = blockBytes;
    this.#onFull = onFull;
    this.#onClose = onClose;
    this.#descriptor = this.#guard(0, () => {
      rmSync(path, { force: true });
      const descriptor = openSync(path, "wx+", 0o600);
      rmSync(path);
      return descriptor;
    });
  }

  write(first: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; )
      from += this.#guard(bytes.length, () =>
        writeSync(this.#descriptor, bytes, from, bytes.length - from, first * this.#blockBytes + from),
      );
    for (let from = 0, block = first; from < bytes.length; from += this.#blockBytes, block++)
      this.#setSum(block, crc32(bytes.subarray(from, from + this.#blockBytes)));
  }

  read(first: number, into: Uint8Array): void {
    const size = this.#blockBytes;
    const length = this.#guard(0, () => readSync(this.#descriptor, into, 0, into.length, first * size));
    let same = length === into.length;
    for (let from = 0, block = first; same && from < length; from += size, block++)
      same = crc32(length === size ? into : into.subarray(from, from + size)) === this.#sums[block];
    if (!same) throw diskFailed("what was written a while ago is read as something else", undefined);
  }

  close(): void {
    if (this.#descriptor === -1) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#onClose();
  }

  get byteLength(): number {
    return this.#sums.byteLength;
  }

  #setSum(block: number, sum: number): void {
    if (block >= this.#sums.length) {
      const sums = new Uint32Array(Math.max(block + 1, this.#sums.length * 2));
      sums.set(this.#sums);
      this.#sums = sums;
    }
    this.#sums[block] = sum;
  }

  #guard<Result>(bytes: number, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const found = diskError(error);
      if (found instanceof SpoolError && found.failure === "full") this.#onFull(bytes, found);
      throw found;
    }
  }
}
