import { knownBytes } from "../spool/store.ts";
import { identityWords } from "./identity-row.ts";
import type { KnownDay } from "./known-day.ts";
import { noNames } from "./names.ts";

/** A liar may show as many days as entries: one of few takes little, and nothing once they are taken. */
const firstRecords = 2;
const nothing = new DataView(new ArrayBuffer(0));
const noNumbers = new Uint32Array(0);

/**
 * Records of a day for the ledger's next transaction, each by the number of its identity. Each is written at
 * once as it will lie there: later its row is out of the processor's reach.
 */
export class KnownRecords {
  length = 0;
  readonly #known: KnownDay;
  /** As `KnownDay.write` has them. */
  #written = nothing;
  #numbers = noNumbers;

  constructor(known: KnownDay) {
    this.#known = known;
  }

  push(at: number, ordinal: number, digest: number): void {
    if (this.length === this.#numbers.length) this.#moreRoom();
    this.#known.write(at, ordinal, digest, this.#written, this.length * knownBytes);
    this.#numbers[this.length] = at;
    this.length += 1;
  }

  /**
   * So many new ones with numbers in a row and without names, whose identities stand in `words`, from `from`
   * on.
   */
  pushNew(first: number, count: number, words: Uint32Array, from: number): void {
    while (this.length + count > this.#numbers.length) this.#moreRoom();
    for (let index = 0; index < count; index += 1) {
      const at = this.length * knownBytes;
      for (let word = 0; word < identityWords; word += 1)
        this.#written.setUint32(at + word * 4, words[from + index * identityWords + word] as number, true);
      this.#written.setUint32(at + 16, noNames, true);
      this.#written.setUint32(at + 20, 1, true);
      this.#numbers[this.length] = first + index;
      this.length += 1;
    }
  }

  /** Gives back what was written, and begins anew. */
  take(): Buffer {
    const taken = Buffer.from(new Uint8Array(this.#written.buffer, 0, this.length * knownBytes));
    this.length = 0;
    if (this.#numbers.length === firstRecords) {
      this.#written = nothing;
      this.#numbers = noNumbers;
    }
    return taken;
  }

  /** They are known, also where the day was loaded again. */
  putAgain(): void {
    for (let index = 0; index < this.length; index += 1) {
      const from = index * knownBytes;
      const digest = this.#written.getUint32(from + 16, true);
      const ordinal = this.#written.getUint32(from + 20, true);
      this.#known.put(this.#numbers[index] as number, ordinal, digest);
    }
  }

  #moreRoom(): void {
    const room = Math.max(firstRecords, 2 * this.#numbers.length);
    const written = new Uint8Array(room * knownBytes);
    written.set(new Uint8Array(this.#written.buffer));
    this.#written = new DataView(written.buffer);
    const numbers = new Uint32Array(room);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
