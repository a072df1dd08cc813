import { Unfinished } from "../../src/ingest/allowance.ts";
import { deduplicator } from "../../src/ingest/deduplicate.ts";
import { type Ledger, ledger } from "../../src/ingest/ledger.ts";
import type { LedgerRead } from "../../src/ingest/ledger-read.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { type KnownPiece, knownBytes } from "../../src/spool/store.ts";
import { idOfText } from "../fake/records.ts";

const nothing: RawRecord = { bytes: Buffer.from("{}") };

/** What the spool keeps of ledgers: what was committed. */
export class LedgerDisk {
  readonly #pieces = new Map<number, KnownPiece[]>();
  loads = 0;

  load = (day: number): readonly KnownPiece[] => {
    this.loads++;
    return this.#pieces.get(day) ?? [];
  };

  put(day: number, piece: KnownPiece): void {
    this.#pieces.set(day, [...(this.#pieces.get(day) ?? []), piece]);
  }

  commit(read: LedgerRead): void {
    for (const [day, bytes] of read.takeDelta()) this.put(day, { form: "known", bytes });
    for (const [day, bytes] of read.takeRenamed()) this.put(day, { form: "names", bytes });
  }

  /**
   * A clean end: what waited is decided, and names are replaced. Gives back the records that waited and are
   * new.
   */
  end(read: LedgerRead): string[] {
    read.end();
    const decided = takeDecided(read);
    this.commit(read);
    return decided;
  }

  count(day: number, identity: string): number {
    const all = this.load(day).flatMap(({ form, bytes }) =>
      form === "known"
        ? Array.from({ length: bytes.length / knownBytes }, (_, n) =>
            bytes.toString("latin1", n * knownBytes, n * knownBytes + 16),
          )
        : [],
    );
    return all.filter((each) => each === identity).length;
  }
}

/** The texts of records that waited and are new, with their ordinals. */
export function takeDecided(read: LedgerRead): string[] {
  return read
    .takeDecided()
    .flatMap(({ fresh }) => fresh.map(({ record, ordinal }) => `${record.bytes} ${ordinal}`));
}

/** Any identity. */
export const identity = (n: number) => idOfText(String(n));

/** Identities one behind the other, as words. */
export function wordsOf(identities: readonly string[]): Uint32Array {
  return new Uint32Array(Uint8Array.from(Buffer.from(identities.join(""), "latin1")).buffer);
}

/** What a read says to identities without names. */
export function showAll(read: LedgerRead, day: number, numbers: readonly number[]): number[] {
  return numbers.map((n) => read.see(day, identity(n), 0, 0, () => nothing));
}

/** What a read says to one identity's entries, each by its digest of names; `page` is where they stand. */
export function showNames(read: LedgerRead, digests: readonly number[], page = 0): number[] {
  return digests.map((digest) =>
    read.see(5, identity(1), digest, page, () => ({ bytes: Buffer.from(String(digest)) })),
  );
}

/** A ledger over a disk, and its first read. */
export function openLedger(disk = new LedgerDisk(), left = new Unfinished()) {
  const known: Ledger = ledger({ load: disk.load });
  return { disk, known, read: known.read(left) };
}

/** Tells records of `acme.example` apart against a read. */
export function tellApart(read: LedgerRead, watermark?: number) {
  return deduplicator({ read, instance: "acme.example", stateId: "7".repeat(32), watermark });
}
