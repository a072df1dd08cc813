import { knownBytes } from "../spool/store.ts";
import type { KnownDay } from "./known-day.ts";

/** Records of a day for the ledger's next transaction, each by the number of its identity. */
export class KnownRecords {
  /** Number of the identity, ordinal, digest. */
  #list: number[] = [];

  get length(): number {
    return this.#list.length / 3;
  }

  push(at: number, ordinal: number, digest: number): void {
    this.#list.push(at, ordinal, digest);
  }

  /** Empties the list; gives back its records as `KnownDay.write` has them. */
  take(known: KnownDay): Buffer {
    const bytes = Buffer.allocUnsafe(this.length * knownBytes);
    let offset = 0;
    for (const [at, ordinal, digest] of this.#each()) {
      known.write(at, ordinal, digest, bytes, offset);
      offset += knownBytes;
    }
    this.#list = [];
    return bytes;
  }

  /** They are known. */
  putInto(known: KnownDay): void {
    for (const [at, ordinal, digest] of this.#each()) known.put(at, ordinal, digest);
  }

  *#each(): Generator<[at: number, ordinal: number, digest: number], void> {
    for (let i = 0; i < this.#list.length; i += 3)
      yield [this.#list[i] as number, this.#list[i + 1] as number, this.#list[i + 2] as number];
  }
}
