import { knownBytes } from "../spool/store.ts";
import type { KnownDay } from "./known-day.ts";

/** A liar may show as many days as entries: one of few takes little. */
const firstRecords = 8;
const nothing = Buffer.alloc(0);

/**
 * Records of a day for the ledger's next transaction, each by the number of its identity. Each is written at
 * once as it will lie there: later its row is out of the processor's reach.
 */
export class KnownRecords {
  length = 0;
  readonly #known: KnownDay;
  /** As `KnownDay.write` has them. */
  #written: Buffer = nothing;
  #numbers = new Uint32Array(0);

  constructor(known: KnownDay) {
    this.#known = known;
  }

  push(at: number, ordinal: number, digest: number): void {
    if (this.length === this.#numbers.length) this.#moreRoom();
    this.#known.write(at, ordinal, digest, this.#written, this.length * knownBytes);
    this.#numbers[this.length] = at;
    this.length += 1;
  }

  /** Gives back what was written, and begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#written.subarray(0, this.length * knownBytes));
    this.length = 0;
    return taken;
  }

  /** They are known, also where the day was loaded again. */
  putAgain(): void {
    for (let index = 0; index < this.length; index += 1) {
      const from = index * knownBytes;
      const [digest, ordinal] = [
        this.#written.readUInt32LE(from + 16),
        this.#written.readUInt32LE(from + 20),
      ];
      this.#known.put(this.#numbers[index] as number, ordinal, digest);
    }
  }

  #moreRoom(): void {
    const room = Math.max(firstRecords, 2 * this.length);
    const written = Buffer.allocUnsafeSlow(room * knownBytes);
    this.#written.copy(written);
    this.#written = written;
    const numbers = new Uint32Array(room);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
