import { createHash } from "node:crypto";
import type { KnownPassages } from "../record/passage.ts";
import { PassageTable } from "./passage-table.ts";

/** What is remembered takes twice as much at most: some eight million records, in passages of 32 KiB. */
const defaultBytes = 8 * 1024 * 1024;

/**
 * What one source's passages hold. Bounded: when half of the room is taken, what was not met since the other
 * half was taken is forgotten. Nothing in it says that a record is known: that is asked of the ledger.
 */
export class Passages implements KnownPassages {
  readonly #key: string;
  readonly #maxBytes: number;
  #young = new PassageTable();
  #old = new PassageTable();

  /** With a key that nobody knows who chooses what is in the log, nobody can make two that look the same. */
  constructor(key: string, maxBytes = defaultBytes) {
    this.#key = key;
    this.#maxBytes = maxBytes;
  }

  fingerprintOf(parts: readonly Buffer[]): Buffer {
    const hash = createHash("sha256").update(this.#key);
    for (const part of parts) hash.update(part);
    return hash.digest();
  }

  notesOf(fingerprint: Buffer): ArrayLike<number> | undefined {
    const numbers = this.#numbersOf(fingerprint);
    return numbers?.subarray(1, 1 + (numbers[0] as number));
  }

  /** Where its records are, as `PassagePlaces` has it. */
  placesOf(fingerprint: Buffer): ArrayLike<number> | undefined {
    const numbers = this.#numbersOf(fingerprint);
    return numbers?.subarray(1 + (numbers[0] as number));
  }

  put(fingerprint: Buffer, notes: ArrayLike<number>, places: readonly number[]): void {
    this.#put(fingerprint, [notes.length, ...Array.from(notes), ...places]);
  }

  #numbersOf(fingerprint: Buffer): Uint32Array | undefined {
    const young = this.#young.find(fingerprint);
    if (young !== undefined) return young;
    const old = this.#old.find(fingerprint);
    if (old !== undefined) this.#put(fingerprint, old);
    return old;
  }

  #put(fingerprint: Buffer, numbers: ArrayLike<number>): void {
    if (this.#young.byteLength >= this.#maxBytes) {
      this.#old = this.#young;
      this.#young = new PassageTable();
    }
    this.#young.put(fingerprint, numbers);
  }
}
