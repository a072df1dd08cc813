import type { SpoolState } from "../spool/spool-state.ts";
import { wallTime } from "../time/clock.ts";
import type { Condition } from "./condition.ts";
import type { History } from "./history.ts";
import { outputLagSeconds } from "./output-lag.ts";
import type { RuntimeView } from "./runtime-view.ts";

/** What a source shows first belongs to the start, milliseconds; what comes later may have come just now. */
const startMs = 300_000;

/**
 * The hops of which nothing is known since this start: sources of which no read has ended, and outputs for
 * which events wait since then and nothing was delivered. What fails is told as that.
 */
export function startingHops(
  runtime: Pick<RuntimeView, "sources" | "outputs" | "conditions" | "clock" | "startedMonotonic">,
  state: Pick<SpoolState, "outputs">,
  { lastRead, hasDelivered }: Pick<History, "lastRead" | "hasDelivered">,
): string[] {
  const { sources, outputs, conditions, clock, startedMonotonic } = runtime;
  const begun = wallTime(clock, startedMonotonic) + startMs;
  const waits = (name: string, rollMs: number) => {
    const backlog = state.outputs.find(({ output }) => output === name)?.backlog;
    if (backlog === undefined || (backlog.oldestObserved ?? 0) > begun) return false;
    return outputLagSeconds(backlog, rollMs, clock.now()) > 0;
  };
  return [
    ...sources
      .filter(({ name }) => lastRead(name) === undefined && isQuiet(conditions.source(name)))
      .map(({ name }) => `source ${name}`),
    ...outputs
      .filter(({ name, rollMs }) => !hasDelivered(name) && waits(name, rollMs))
      .filter(({ name }) => isQuiet(conditions.output(name)))
      .map(({ name }) => `output ${name}`),
  ];
}

function isQuiet({ state, reason }: Condition): boolean {
  return state !== "stopped" && reason === undefined;
}
