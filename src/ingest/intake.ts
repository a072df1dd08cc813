import type { Origin } from "../record/origin.ts";
import type { NewRecord, RawRecord } from "../record/record.ts";
import type { FetchCounts, Store } from "../spool/store.ts";
import { type Clock, instantOfMs, utcDayOfMs } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import { deduplicator } from "./deduplicate.ts";
import type { Ledger } from "./ledger.ts";

/** A commit waits for the disk, so it takes many pieces: nearly what the spool puts into one chunk. */
const commitBytes = 896 * 1024;
/** As many as the spool puts into one chunk: records of a few bytes take far more memory than these. */
const commitRecords = 8192;

/** Where records go, and by what they are known. */
export interface IntakeOptions {
  readonly origin: Origin;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Rung when records were kept. */
  readonly kept: Wakeup;
}

/** What a read has shown so far. */
export interface Total {
  fetched: number;
  new: number;
  late: number;
  unparseable: number;
}

/** Brings what is new of a read into the spool. */
export interface Intake {
  begin(): void;
  /**
   * Takes note of a piece, and keeps what is new when it is enough for a commit. Records before `watermark`
   * are late.
   */
  take(piece: readonly RawRecord[], watermark: number | undefined): void;
  /** Keeps what is new now. */
  keep(): void;
  total(): Readonly<Total>;
  /** Known records since the last commit: for exactly one transaction. */
  takeCounts(): FetchCounts[];
  /** The memory may be ahead of the disk; the disk is right. */
  forget(): void;
}

/** The way of one source's records into the store. */
export function intake({ origin, store, ledger, clock, kept }: IntakeOptions): Intake {
  const records = deduplicator(ledger, origin.instance);
  let fresh: NewRecord[] = [];
  let freshBytes = 0;
  let total: Total = { fetched: 0, new: 0, late: 0, unparseable: 0 };

  function takeFresh(): NewRecord[] {
    const taken = fresh;
    fresh = [];
    freshBytes = 0;
    return taken;
  }

  function keep(): void {
    if (fresh.length === 0) return;
    const delta = { identities: ledger.takeDelta(), counts: records.takeCounts() };
    store.append(origin.source, takeFresh(), delta, instantOfMs(clock.now()));
    kept.wake();
  }

  return {
    begin() {
      takeFresh();
      total = { fetched: 0, new: 0, late: 0, unparseable: 0 };
      ledger.beginRead();
    },

    take(piece, watermark) {
      const today = utcDayOfMs(clock.now());
      const before = fresh.length;
      for (const record of piece) {
        const found = records.newRecordOf(record, today, watermark);
        if (found === undefined) continue;
        fresh.push(found);
        freshBytes += found.bytes.length;
        total.new++;
        if (found.late) total.late++;
        if (found.fault !== undefined) total.unparseable++;
      }
      total.fetched += piece.length;
      // A few new records among known ones would hold all the memory that the piece came in until the commit.
      if ((fresh.length - before) * 4 < piece.length)
        for (let at = before; at < fresh.length; at++) fresh[at] = detached(fresh[at] as NewRecord);
      if (freshBytes >= commitBytes || fresh.length >= commitRecords) keep();
    },

    keep,
    total: () => total,
    takeCounts: () => records.takeCounts(),

    forget() {
      takeFresh();
      ledger.forget();
      records.takeCounts();
    },
  };
}

function detached(record: NewRecord): NewRecord {
  return { ...record, bytes: Buffer.from(record.bytes) };
}
