import type { RawRecord } from "../record/record.ts";
import { recordMemory } from "../record/record-memory.ts";

/** Records that wait may take so much memory, and what is kept about identities with twins. */
const heldBytes = 4 * 1024 * 1024;
const showingBytes = 16 * 1024 * 1024;
/** About what each costs beside the record itself. */
const perRecord = 200;
const perShowing = 600;
const perName = 120;
const mostWanted = 10_000;

/** An identity of a ledger day. */
export type IdentityKey = `${number} ${string}`;

/** How much memory one read may take for what it cannot decide at once. */
export class Allowance {
  #held = 0;
  #showings = 0;
  readonly #wanted: ReadonlySet<IdentityKey>;

  /** `wanted`: what the read before had no room for. Nothing else is held then. */
  constructor(wanted: ReadonlySet<IdentityKey>) {
    this.#wanted = wanted;
  }

  /** A copy of a record that waits, undefined where there is no room. One is always held. */
  hold(record: RawRecord, key: IdentityKey): RawRecord | undefined {
    if (this.#wanted.size > 0 && !this.#wanted.has(key)) return undefined;
    const bytes = recordMemory(record) + perRecord;
    if (this.#held > 0 && this.#held + bytes > heldBytes) return undefined;
    this.#held += bytes;
    return { ...record, bytes: Buffer.from(record.bytes) };
  }

  /** Whether there is room for one more identity whose twins are told apart, and `names` of them known. */
  takeShowing(names: number): boolean {
    if (this.#showings > showingBytes) return false;
    this.#showings += perShowing + perName * names;
    return true;
  }

  /** Another name of such an identity. */
  takeName(): void {
    this.#showings += perName;
  }
}

/** What one read leaves for the next one of its source. */
export class Unfinished {
  /** How often it showed an identity of which it is open whether it showed one entry on two pages. */
  readonly shown = new Map<IdentityKey, number>();
  /** New ones that it had no room to hold. */
  readonly wanted = new Set<IdentityKey>();
  /** By ledger day, known records that show other names now, as `KnownDay.write` has them. */
  readonly renamed: Map<number, Buffer>;

  /** `renamed` by earlier reads, and on no disk yet. */
  constructor(renamed: ReadonlyMap<number, Buffer> = new Map()) {
    this.renamed = new Map(renamed);
  }

  want(key: IdentityKey): void {
    if (this.wanted.size < mostWanted) this.wanted.add(key);
  }
}
