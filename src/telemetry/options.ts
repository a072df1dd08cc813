import type { Agent } from "../agent.ts";
import type { Environment } from "../net/http/proxy.ts";
import type { Tell } from "../report/report.ts";
import type { Sample } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";

/** What telemetry takes from the daemon. */
export interface TelemetryOptions {
  readonly environment: Environment;
  readonly agent: Agent;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** Tells this process from others of the same name. */
  readonly instance: string;
  /** Counters count since `startedAt`. */
  readonly runtime: Pick<RuntimeView, "clock" | "startedAt">;
  /** The metrics as they are now. */
  readonly samples: () => Promise<readonly Sample[]>;
  readonly tell: Tell;
}

/** The telemetry of one daemon. */
export interface Telemetry {
  /** Makes spans of what happened. Never throws. */
  readonly note: Tell;
  /** Sends what is left, for at most `withinMs` and until `abandon` aborts. Never rejects. */
  close(withinMs: number, abandon: AbortSignal): Promise<void>;
}
