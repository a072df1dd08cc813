import { DayLedger } from "./day-ledger.ts";

/** What one source has shown, as far as it is on disk. */
export interface LedgerOptions {
  /** The identities kept for a ledger day, 16 bytes each, twins repeated. */
  load(day: number): readonly Buffer[];
  /** How much the days that no current read uses may take in memory. */
  readonly maxIdleBytes?: number;
}

/**
 * Tells new records from known ones: a multiset of identities per ledger day. True twins are counted within
 * one read: the n-th time a read shows an identity it is new when fewer than n are known.
 */
export interface Ledger {
  /** A read starts: nothing has been seen yet. Also forgets what was announced new but never taken. */
  beginRead(): void;
  /** Takes note of one record; 0 when it is known, else its ordinal among its twins of that day, from 1. */
  see(day: number, identity: string): number;
  /**
   * The identities that were new since the last call, for the transaction that keeps their records. When that
   * fails: `forget`.
   */
  takeDelta(): ReadonlyMap<number, Buffer>;
  /** How many records of a day are known, and how many the current read has shown. */
  totals(day: number): { readonly known: number; readonly seen: number };
  /**
   * The disk is right: drops the memory, which is then loaded again. Between reads only, or after a failed
   * one.
   */
  forget(): void;
  /** Like `forget`, but at the next `beginRead`, so that a read in progress keeps its counts. */
  forgetSoon(): void;
}

const defaultIdleBytes = 96 * 1024 * 1024;

/** A ledger that remembers nothing yet: it loads the days that it is asked about. */
export function ledger({ load, maxIdleBytes = defaultIdleBytes }: LedgerOptions): Ledger {
  /** Least recently used first. */
  const days = new Map<number, DayLedger>();
  let epoch = 1;
  let forgetting = false;
  let lastDay = Number.NaN;
  let last: DayLedger | undefined;

  function dayLedger(day: number): DayLedger {
    if (day === lastDay && last !== undefined) return last;
    let found = days.get(day);
    if (found === undefined) {
      found = new DayLedger();
      for (const identities of load(day)) found.add(identities);
      days.set(day, found);
    }
    if (found.usedIn !== epoch) {
      found.begin(epoch);
      days.delete(day);
      days.set(day, found);
    }
    lastDay = day;
    last = found;
    return found;
  }

  function forget(): void {
    days.clear();
    last = undefined;
    forgetting = false;
  }

  /** Never a day of the current read: its counts of twins would be lost with it. */
  function dropIdleDays(): void {
    let bytes = 0;
    for (const day of days.values()) bytes += day.byteLength;
    for (const [day, { byteLength }] of days) {
      if (bytes <= maxIdleBytes) return;
      days.delete(day);
      bytes -= byteLength;
    }
  }

  return {
    beginRead() {
      if (forgetting) forget();
      for (const [day, { fresh }] of days) if (fresh.length > 0) days.delete(day);
      last = undefined;
      epoch++;
      dropIdleDays();
    },
    see: (day, identity) => dayLedger(day).see(identity),
    takeDelta() {
      const delta = new Map<number, Buffer>();
      for (const [day, known] of days) if (known.fresh.length > 0) delta.set(day, known.takeFresh());
      return delta;
    },
    totals(day) {
      const { known, seen } = dayLedger(day);
      return { known, seen };
    },
    forget,
    forgetSoon() {
      forgetting = true;
    },
  };
}
