import type { DeliverySummary } from "../report/delivery-summary.ts";
import type { Spool } from "../spool/spool.ts";
import type { History } from "../status/history.ts";
import type { Readiness } from "../status/readiness.ts";
import type { Clock } from "../time/clock.ts";

const everyMs = 5_000;

/** What is looked at, and who is told of it. */
export interface WatchOptions {
  readonly spool: Pick<Spool, "look" | "state">;
  readonly clock: Clock;
  /** Absent where nothing is read again and again, so that nothing can be overdue. */
  readonly readiness: Readiness | undefined;
  readonly summary: DeliverySummary;
  readonly history: Pick<History, "measure" | "save">;
  /** Takes over what secret and TLS files hold now. */
  readonly lookAtFiles: () => void;
  /** Sees to it that commands reach this daemon. Never rejects. */
  readonly lookAtSocket: () => Promise<void>;
}

/** Every few seconds until `stop`: takes over and tells what has changed. Rejects with SpoolError. */
export async function watch(
  { spool, clock, readiness, summary, history, lookAtFiles, lookAtSocket }: WatchOptions,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await spool.look();
    const state = await spool.state();
    readiness?.look(state);
    history.measure(state);
    history.save();
    summary.tellDue();
    lookAtFiles();
    await lookAtSocket();
    await clock.sleep(everyMs, stop);
  }
}
