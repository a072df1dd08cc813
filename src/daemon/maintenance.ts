import type { Tell } from "../report/report.ts";
import type { Store } from "../spool/store.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { Clock } from "../time/clock.ts";

const everyMs = 60_000;

export interface MaintenanceOptions {
  readonly spool: Pick<Store, "prune">;
  readonly clock: Clock;
  readonly tell: Tell;
  /** Takes the lags down for the charts. */
  readonly measure: () => void;
}

/** Once a minute until `stop`: makes room in the spool, and measures. Rejects with SpoolError, except `full`. */
export async function maintain(
  { spool, clock, tell, measure }: MaintenanceOptions,
  stop: AbortSignal,
): Promise<void> {
  /** On a full disk not even that can be written down: the next time will do. */
  function prune(): number {
    try {
      return spool.prune(clock.now());
    } catch (error) {
      if (error instanceof SpoolError && error.failure === "full") return 0;
      throw error;
    }
  }

  while (!stop.aborted) {
    measure();
    let records = 0;
    for (let removed = prune(); removed > 0; removed = prune()) {
      records += removed;
      // Between two short transactions the loops get their turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (stop.aborted) return;
    }
    if (records > 0) tell({ type: "pruned", records });
    await clock.sleep(everyMs, stop);
  }
}
