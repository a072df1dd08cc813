import type { Agent } from "../agent.ts";
import type { Environment } from "../net/http/proxy.ts";
import type { Tell } from "../report/report.ts";
import type { Sample } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { telemetrySettings } from "./settings.ts";

export interface Telemetry {
  /** Makes spans of what happened. Never throws. */
  readonly note: Tell;
  /** Sends what is left, for at most `withinMs` and until `hurry` aborts. Never rejects. */
  close(withinMs: number, hurry: AbortSignal): Promise<void>;
}

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

/** The daemon's own traces and metrics by OTLP, when the OTEL_* variables ask for them; otherwise nothing of it is even loaded. Never rejects. */
export async function telemetry(options: TelemetryOptions): Promise<Telemetry | undefined> {
  const complain = (text: string) => options.tell({ type: "telemetry_trouble", text });
  const { destinations, problems } = telemetrySettings(options.environment);
  if (problems.length > 0) complain(problems.join("; "));
  if (destinations.size === 0) return undefined;
  try {
    const { pipelines } = await import("./pipelines.ts");
    return pipelines(options, destinations);
  } catch (error) {
    complain(`not started: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
