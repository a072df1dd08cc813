import type { Clock } from "./clock.ts";
import type { Tell } from "./report/report.ts";
import type { Spool } from "./spool/spool.ts";

const everyMs = 60_000;

export interface UpkeepOptions {
  readonly spool: Pick<Spool, "prune">;
  readonly clock: Clock;
  readonly tell: Tell;
  /** Takes the lags down for the charts. */
  readonly measure: () => void;
}

/** Once a minute until `stop`: makes room in the spool, and measures. Rejects with SpoolError. */
export async function upkeep(
  { spool, clock, tell, measure }: UpkeepOptions,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    measure();
    let records = 0;
    for (let removed = spool.prune(clock.now()); removed > 0; removed = spool.prune(clock.now())) {
      records += removed;
      // Between two short transactions the loops get their turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (stop.aborted) return;
    }
    if (records > 0) tell({ type: "pruned", records });
    await clock.sleep(everyMs, stop);
  }
}
