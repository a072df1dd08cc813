import type { KnownPiece } from "../spool/store.ts";
import type { Unfinished } from "./allowance.ts";
import type { NewScratch } from "./identity-table.ts";
import { KnownDay } from "./known-day.ts";
import { LedgerRead } from "./ledger-read.ts";
import type { Sightings } from "./sightings.ts";

/** What the sources of one instance have shown, as far as it is on disk. */
export interface LedgerOptions {
  /** What is known of a ledger day, in the order it was kept. */
  load(day: number): Iterable<KnownPiece>;
  /** Told of each day that a read begins to show, where something of it is known. */
  readonly onShow?: ((day: number) => void) | undefined;
  /** For what outgrows memory; without it everything stays there. */
  readonly scratch?: NewScratch | undefined;
  /** How many identities of a day stay in memory, where there is scratch. */
  readonly mostInMemory?: number | undefined;
  /** How much the days that no current read uses may take in memory. */
  readonly maxIdleBytes?: number;
}

/** Who looks at what is known, and makes nothing known. */
export interface LedgerLook {
  /** What is known of a day, as it is on disk: it stays in memory until `close`. */
  known(day: number): KnownDay;
  /** Some day has to be loaded again: `known` is to be asked once more. */
  isStale(): boolean;
  close(): void;
}

/** What an intake needs of a ledger. */
export interface LedgerReads {
  read(before: Unfinished): Sightings;
  loading(day: number): Generator<void, void>;
}

/**
 * Tells new records from known ones, for all sources of one instance: a multiset of identities per ledger
 * day, with what tells twins apart.
 */
export interface Ledger extends LedgerReads {
  /** A read starts, with what the last one of its source has left: nothing has been seen yet. */
  read(before: Unfinished): LedgerRead;
  look(): LedgerLook;
  /** Loads a day, a little at each step, so that a read need not do so at once. */
  loading(day: number): Generator<void, void>;
  /** The disk has changed: what is in memory is loaded again before it is asked. Reads keep their counts. */
  refresh(): void;
}

/** What a day costs beside its tables. */
const perDay = 1_000;
/** Today and yesterday, with ten million entries each. */
const defaultIdleBytes = 56 * 1024 * 1024;

/** A ledger that remembers nothing yet: it loads the days that it is asked about. */
export function ledger(options: LedgerOptions): Ledger {
  return new DayLedger(options);
}

class DayLedger implements Ledger {
  readonly #options: LedgerOptions;
  /** Least recently used first. */
  readonly #days = new Map<number, KnownDay>();
  readonly #stale = new Set<number>();
  /** Days that are being loaded. */
  readonly #loads = new Map<number, Generator<void, void>>();
  readonly #reads = new Set<LedgerRead>();
  /** The days that each look needs. */
  readonly #looks = new Set<ReadonlySet<number>>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  read(before: Unfinished): LedgerRead {
    const reads = this.#reads;
    const read = new LedgerRead({
      before,
      knownDay: (day) => this.#knownDay(day),
      onShow: (day) => this.#options.onShow?.(day),
      onNew(day, at) {
        if (reads.size > 1) for (const other of reads) if (other !== read) other.keptElsewhere(day, at);
      },
      isStale: () => this.#stale.size > 0,
      onEnd: (unkept) => {
        reads.delete(read);
        for (const day of unkept) this.#stale.add(day);
      },
    });
    reads.add(read);
    this.#dropIdleDays();
    return read;
  }

  look(): LedgerLook {
    const days = new Set<number>();
    const looks = this.#looks;
    return {
      known: (day) => {
        const known = this.#knownDay(day);
        if (!days.has(day) && known.count > 0) this.#options.onShow?.(day);
        days.add(day);
        looks.add(days);
        return known;
      },
      isStale: () => this.#stale.size > 0,
      close: () => void looks.delete(days),
    };
  }

  *loading(day: number): Generator<void, void> {
    const known = this.#day(day);
    while (this.#stale.has(day) && this.#loadOf(day, known).next().done !== true) {
      yield;
      // Somebody needed it at once, or what was loaded of it is not right any more.
      if (!this.#loads.has(day)) return;
    }
  }

  refresh(): void {
    for (const begun of [...this.#loads.values()]) begun.return();
    this.#loads.clear();
    for (const day of this.#days.keys()) this.#stale.add(day);
  }

  #knownDay(day: number): KnownDay {
    const found = this.#day(day);
    this.#days.delete(day);
    this.#days.set(day, found);
    if (this.#stale.has(day)) while (this.#loadOf(day, found).next().done !== true);
    return found;
  }

  #day(day: number): KnownDay {
    const found = this.#days.get(day);
    if (found !== undefined) return found;
    const made = new KnownDay(this.#options.scratch, this.#options.mostInMemory);
    this.#days.set(day, made);
    this.#stale.add(day);
    return made;
  }

  /** What is left of the load of a stale day. */
  #loadOf(day: number, known: KnownDay): Generator<void, void> {
    const found = this.#loads.get(day) ?? this.#load(day, known);
    this.#loads.set(day, found);
    return found;
  }

  /** Where it fails the day stays stale: nobody believes what is there of it. */
  *#load(day: number, known: KnownDay): Generator<void, void> {
    try {
      yield* known.loading(this.#options.load(day));
      this.#stale.delete(day);
      for (const read of this.#reads) read.putFresh(day);
    } finally {
      this.#loads.delete(day);
    }
  }

  #isUsed(day: number): boolean {
    return [...this.#reads].some((read) => read.uses(day)) || [...this.#looks].some((days) => days.has(day));
  }

  /** Never a day of a current read: what is known of it would be there twice. */
  #dropIdleDays(): void {
    const { maxIdleBytes = defaultIdleBytes } = this.#options;
    let bytes = 0;
    for (const day of this.#days.values()) bytes += day.byteLength + perDay;
    for (const [day, known] of this.#days) {
      if (bytes <= maxIdleBytes) return;
      if (this.#loads.has(day) || this.#isUsed(day)) continue;
      bytes -= known.byteLength + perDay;
      known.close();
      this.#days.delete(day);
      this.#stale.delete(day);
    }
  }
}
