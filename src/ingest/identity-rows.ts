import type { Scratch } from "../spool/scratch.ts";
import { digestWord, isRow, rowWords } from "./identity-row.ts";

/** How many blocks stay in memory. */
const heldBlocks = 8;
/** A twin seldom stands further away than this. */
const reach = 256;

/**
 * Rows of identities outside memory, by their number, in blocks of `2 ** blockBits` rows. Whoever goes
 * through them in their order reads a block at a time.
 */
export class IdentityRows {
  size = 0;
  readonly #scratch: Scratch;
  readonly #blockBits: number;
  readonly #held: readonly Uint32Array[];
  readonly #heldBlock = new Int32Array(heldBlocks).fill(-1);
  /** 1: a digest in it was changed. */
  readonly #changed = new Uint8Array(heldBlocks);

  constructor(scratch: Scratch, blockBits: number) {
    this.#scratch = scratch;
    this.#blockBits = blockBits;
    this.#held = Array.from({ length: heldBlocks }, () => new Uint32Array(rowWords << blockBits));
  }

  /** How many rows a block has. */
  get blockRows(): number {
    return 1 << this.#blockBits;
  }

  /** Writes rows, some whole blocks, behind those that are here; they are here when `size` says so. */
  write(rows: Uint32Array): void {
    this.#scratch.write(this.size >>> this.#blockBits, bytesOf(rows));
  }

  /** The rows among which that of `at` stands, until the next call. */
  rowsOf(at: number): Uint32Array {
    const block = at >>> this.#blockBits;
    const place = block & (heldBlocks - 1);
    if (this.#heldBlock[place] !== block) this.#hold(place, block);
    return this.#held[place] as Uint32Array;
  }

  /** Where in `rowsOf` it begins. */
  offsetOf(at: number): number {
    return (at & ((1 << this.#blockBits) - 1)) * rowWords;
  }

  setDigest(at: number, digest: number): void {
    const rows = this.rowsOf(at);
    const word = this.offsetOf(at) + digestWord;
    if (rows[word] === digest) return;
    rows[word] = digest;
    this.#changed[(at >>> this.#blockBits) & (heldBlocks - 1)] = 1;
  }

  /** The number of an identity that stands near `at`, -1 where none does. */
  near(at: number, a: number, b: number, c: number, d: number): number {
    const { blockRows } = this;
    const end = Math.min(this.size, at + reach);
    for (let number = Math.max(0, at - reach); number < end; ) {
      const rows = this.rowsOf(number);
      const here = Math.min(end - number, blockRows - (number & (blockRows - 1)));
      const from = this.offsetOf(number);
      for (let row = from; row < from + here * rowWords; row += rowWords)
        if (rows[row] === a && isRow(rows, row, a, b, c, d)) return number + (row - from) / rowWords;
      number += here;
    }
    return -1;
  }

  get byteLength(): number {
    return heldBlocks * (rowWords << this.#blockBits) * 4 + this.#scratch.byteLength;
  }

  close(): void {
    this.#scratch.close();
  }

  #hold(place: number, block: number): void {
    const rows = this.#held[place] as Uint32Array;
    if (this.#changed[place] === 1) this.#scratch.write(this.#heldBlock[place] as number, bytesOf(rows));
    this.#changed[place] = 0;
    // Where the read fails, there is nothing of any block.
    this.#heldBlock[place] = -1;
    this.#scratch.read(block, bytesOf(rows));
    this.#heldBlock[place] = block;
  }
}

function bytesOf(rows: Uint32Array): Uint8Array {
  return new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
}
