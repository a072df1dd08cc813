import type { DeliverSignals } from "../deliver/deliver-options.ts";
import type { Clock } from "../time/clock.ts";

/** So long a loop may take that is told to end since another one failed, milliseconds. */
const endWithinMs = 5_000;

/**
 * Runs loops beside each other, by signals that `failed` ends, too: where one fails the others end, and are
 * waited for, since whoever hears of the failure closes what they use. Rejects with the first failure.
 */
export async function untilAllEnd<Signals>(
  clock: Pick<Clock, "sleep">,
  loops: readonly { run(signals: Signals): Promise<void> }[],
  signalsOr: (failed: AbortSignal) => Signals,
): Promise<void> {
  const failed = new AbortController();
  const ended = new AbortController();
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    failed.abort();
  };
  const signals = signalsOr(failed.signal);
  const all = Promise.all(loops.map((loop) => loop.run(signals).catch(fail)));
  // One that hangs must not hide the failure.
  const patience = new Promise<void>((resolve) => {
    failed.signal.addEventListener("abort", () => resolve(clock.sleep(endWithinMs, ended.signal)));
  });
  await Promise.race([all, patience]);
  ended.abort();
  if (failures.length > 0) throw failures[0];
}

/** These signals, and all phases at once when `failed` is aborted. */
export function orWhenFailed({ drain, halt, deadline }: DeliverSignals, failed: AbortSignal): DeliverSignals {
  const either = (phase: AbortSignal) => AbortSignal.any([phase, failed]);
  return { drain: either(drain), halt: either(halt), deadline: either(deadline) };
}
