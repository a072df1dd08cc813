import type { Tell } from "../report/report.ts";
import type { Spool } from "../spool/spool.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { Clock } from "../time/clock.ts";

const everyMs = 60_000;

/** What is maintained, and who is told. */
export interface MaintenanceOptions {
  readonly spool: Pick<Spool, "prune" | "tellDue">;
  /** What is due by the clock is not told where everything ends by itself. */
  readonly once: boolean;
  readonly clock: Clock;
  readonly tell: Tell;
}

/**
 * Once a minute until `stop`: makes room in the spool, and tells what is due. Rejects with SpoolError, except
 * `full`.
 */
export async function maintain(
  { spool, once, clock, tell }: MaintenanceOptions,
  stop: AbortSignal,
): Promise<void> {
  // Who has just started it may want sent again what would be removed, and says so first.
  await clock.sleep(0, stop);
  while (!stop.aborted) {
    // On a full disk the next time will do.
    if (!once) await spool.tellDue(clock.now());
    const records = await pruneAll(spool, clock, stop);
    if (records > 0) tell({ type: "pruned", records });
    await clock.sleep(everyMs, stop);
  }
}

/** Gives back how many records were removed. */
async function pruneAll(spool: Pick<Spool, "prune">, clock: Clock, stop: AbortSignal): Promise<number> {
  let records = 0;
  while (!stop.aborted) {
    const removed = await prune(spool, clock);
    if (removed === 0) break;
    records += removed;
    // Between two short transactions the loops get their turn.
    await clock.sleep(0, stop);
  }
  return records;
}

/** On a full disk not even that can be written down: the next time will do. */
async function prune(spool: Pick<Spool, "prune">, clock: Clock): Promise<number> {
  try {
    return await spool.prune(clock.now());
  } catch (error) {
    if (error instanceof SpoolError && error.failure === "full") return 0;
    throw error;
  }
}
