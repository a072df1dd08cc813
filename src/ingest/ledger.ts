import type { KnownPiece } from "../spool/store.ts";
import type { Unfinished } from "./allowance.ts";
import type { NewScratch } from "./identity-table.ts";
import { KnownDay } from "./known-day.ts";
import { LedgerRead } from "./ledger-read.ts";

/** What the sources of one instance have shown, as far as it is on disk. */
export interface LedgerOptions {
  /** What is known of a ledger day, in the order it was kept. */
  load(day: number): Iterable<KnownPiece>;
  /** For what outgrows memory; without it everything stays there. */
  readonly scratch?: NewScratch | undefined;
  /** How many identities of a day stay in memory, where there is scratch. */
  readonly mostInMemory?: number | undefined;
  /** How much the days that no current read uses may take in memory. */
  readonly maxIdleBytes?: number;
}

/**
 * Tells new records from known ones, for all sources of one instance: a multiset of identities per ledger
 * day, with what tells twins apart.
 */
export interface Ledger {
  /** A read starts, with what the last one of its source has left: nothing has been seen yet. */
  read(before: Unfinished): LedgerRead;
  /** The disk has changed: what is in memory is loaded again before it is asked. Reads keep their counts. */
  refresh(): void;
}

/** What a day costs beside its tables. */
const perDay = 1_000;
const defaultIdleBytes = 96 * 1024 * 1024;

/** A ledger that remembers nothing yet: it loads the days that it is asked about. */
export function ledger({
  load,
  scratch,
  mostInMemory,
  maxIdleBytes = defaultIdleBytes,
}: LedgerOptions): Ledger {
  /** Least recently used first. */
  const days = new Map<number, KnownDay>();
  const stale = new Set<number>();
  const reads = new Set<LedgerRead>();

  function knownDay(day: number): KnownDay {
    const found = days.get(day) ?? new KnownDay(scratch, mostInMemory);
    if (!days.delete(day)) stale.add(day);
    days.set(day, found);
    if (!stale.has(day)) return found;
    // Where that fails the day stays stale: nobody believes what is there of it.
    found.load(load(day));
    stale.delete(day);
    for (const read of reads) read.putFresh(day);
    return found;
  }

  /** Never a day of a current read: what is known of it would be there twice. */
  function dropIdleDays(): void {
    let bytes = 0;
    for (const day of days.values()) bytes += day.byteLength + perDay;
    for (const [day, known] of days) {
      if (bytes <= maxIdleBytes) return;
      if ([...reads].some((read) => read.uses(day))) continue;
      bytes -= known.byteLength + perDay;
      known.close();
      days.delete(day);
      stale.delete(day);
    }
  }

  return {
    read(before) {
      const read = new LedgerRead({
        before,
        knownDay,
        onNew(day, at) {
          if (reads.size > 1) for (const other of reads) if (other !== read) other.keptElsewhere(day, at);
        },
        isStale: () => stale.size > 0,
        onEnd: (unkept) => {
          reads.delete(read);
          for (const day of unkept) stale.add(day);
        },
      });
      reads.add(read);
      dropIdleDays();
      return read;
    },
    refresh() {
      for (const day of days.keys()) stale.add(day);
    },
  };
}
