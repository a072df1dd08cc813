import type { Closing, Cursor, SweepReach } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import type { Source } from "../source/source.ts";
import type { Store } from "../spool/store.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import type { Comparisons } from "./comparisons.ts";
import type { Intake } from "./intake.ts";
import type { Ledger } from "./ledger.ts";

/** Whose days they are, and where they go. */
export interface PastDaysOptions {
  readonly source: Source;
  readonly store: Pick<
    Store,
    | ("backfill" | "books" | "sweep" | "cursor" | "finishStep" | "outputs" | "sources" | "usage")
    | ("replays" | "scratch" | "closedDays" | "keptOf" | "giveWay" | "letTake")
  >;
  /** One of its own: what one of its reads leaves for the next one is no business of the steady reads. */
  readonly intake: Intake;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** Woken when a replay that days are read for may have got on. */
  readonly kept: Wakeup;
  /** How long a day stays known at least, milliseconds; absent: for ever. */
  readonly keepLedgerMs?: number | undefined;
  /** As `SourceKind.sweepReach`, of this source; without it nothing is swept. */
  readonly sweepReach?: ((cursor: Cursor) => SweepReach | undefined) | undefined;
  /** As `SourceKind.closing`, of this source; without it no day is closed. */
  readonly closing?: ((cursor: Cursor) => Closing | undefined) | undefined;
  readonly ledger: Pick<Ledger, "look">;
  /** Of a witness: the days that it compares, and no others. */
  readonly comparisons?: Pick<Comparisons, "task"> | undefined;
}
