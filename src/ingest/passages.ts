import { createCipheriv, createHash, createSecretKey, type KeyObject } from "node:crypto";
import type { KnownPassages } from "../record/passage.ts";
import { PassageTable } from "./passage-table.ts";

/** Some sixteen million records, in passages of 64 KiB. What is remembered takes twice as much at most. */
const defaultBytes = 8 * 1024 * 1024;
const nonce = Buffer.alloc(12);

/**
 * What one source's passages hold. Bounded: when half of the room is taken, what was not met since the other
 * half was taken is forgotten. Nothing in it says that a record is known: that is asked of the ledger.
 */
export class Passages implements KnownPassages {
  readonly #key: KeyObject;
  readonly #maxBytes: number;
  #young = new PassageTable();
  #old = new PassageTable();

  /** `secret`: known to nobody who chooses what is in the log, so nobody can make two that look the same. */
  constructor(secret: string, maxBytes = defaultBytes) {
    this.#key = createSecretKey(createHash("sha256").update(secret).digest());
    this.#maxBytes = maxBytes;
  }

  /**
   * GHASH under a secret key, a sixth of what SHA-256 takes. Two passages are one for a key in 2^115, whoever
   * wrote them; that it has one nonce for all is no matter, as nobody is shown a fingerprint.
   */
  fingerprintOf(parts: readonly Buffer[]): Buffer {
    const authentication = createCipheriv("aes-256-gcm", this.#key, nonce);
    for (const part of parts) authentication.setAAD(part);
    authentication.final();
    return authentication.getAuthTag();
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
