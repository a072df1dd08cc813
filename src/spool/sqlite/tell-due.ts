import { summaryIsDue, tellEndedDays } from "./daily-summary.ts";
import { beat, dueHeartbeats, type HeartbeatsByOutput } from "./heartbeats.ts";
import type { State } from "./state.ts";
import type { Change } from "./transactions.ts";

/** What is due by the clock, in a transaction where there is something. */
export function tellDue(state: State, every: HeartbeatsByOutput, at: number, change: Change): void {
  const due = dueHeartbeats(state, every, at);
  if (due.length === 0 && !summaryIsDue(state, at)) return;
  change(() => {
    tellEndedDays(state, at);
    for (const output of due) beat(state, output, at);
  });
}
