import type { Backlog } from "../spool/spool-state.ts";

/**
 * For how long, seconds, the oldest event has waited that an output has not settled; `rollMs` of that are on
 * purpose. 0 where none waits.
 */
export function outputLagSeconds(
  { events, oldestObserved }: Pick<Backlog, "events" | "oldestObserved">,
  rollMs: number,
  now: number,
): number {
  if (events === 0 || oldestObserved === undefined) return 0;
  return Math.max(0, now - oldestObserved - rollMs) / 1000;
}
