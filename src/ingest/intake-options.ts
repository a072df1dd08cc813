import type { Origin } from "../record/origin.ts";
import type { Store } from "../spool/store.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import type { LedgerReads } from "./ledger.ts";

/** Where records go, and by what they are known. */
export interface IntakeOptions {
  readonly origin: Origin;
  readonly store: Store;
  readonly ledger: LedgerReads;
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
