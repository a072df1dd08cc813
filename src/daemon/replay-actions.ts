import type { ReplayActions } from "../admin/replays.ts";
import type { Config } from "../config/config.ts";
import type { Tell } from "../report/report.ts";
import type { Replays } from "../spool/replays.ts";
import type { IngestSide } from "./ingest-side.ts";

/** What replays are begun and ended with. */
export interface ReplayActionsOptions {
  readonly replays: Replays;
  readonly tell: Tell;
  /** Something waits beside the run of an output: it should look. */
  readonly tryOutputs: () => void;
  /** Who reads days of sources for them. */
  readonly ingest: Pick<IngestSide, "unreadable" | "pollNow">;
}

/** What a person asks a daemon for: tells what was begun and ended, and has the outputs look. */
export function replayActions(
  { outputs }: Pick<Config, "outputs">,
  { replays, tell, tryOutputs, ingest }: ReplayActionsOptions,
): ReplayActions {
  return {
    plan(plan) {
      const { output, days = [] } = plan;
      if (!outputs.some(({ config: { name } }) => name === output)) return "the daemon has no such output";
      const before = replays.of(output);
      const refusal = before?.state === "running" ? undefined : ingest.unreadable(days);
      if (refusal !== undefined) return refusal;
      const planned = replays.plan(plan);
      const { id, filter } = planned;
      if (before?.id !== id) {
        const [from, to] = [filter.from, filter.to].map((ms) => new Date(ms).toISOString()) as [
          string,
          string,
        ];
        tell({ type: "replay_planned", output, id, from, to, sources: days.map(({ source }) => source) });
      }
      tryOutputs();
      if (days.length > 0) ingest.pollNow();
      return planned;
    },
    cancel(output) {
      const cancelled = replays.cancel(output);
      if (cancelled) tell({ type: "replay_cancelled", output });
      tryOutputs();
      return cancelled;
    },
    available: (output, first, end) => replays.available(output, first, end),
  };
}
