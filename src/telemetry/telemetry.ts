import type { Telemetry, TelemetryOptions } from "./options.ts";
import { telemetrySettings } from "./settings.ts";

/**
 * The daemon's own traces and metrics by OTLP, when the OTEL_* variables
 * ask for them; otherwise nothing of it is even loaded. Never rejects.
 */
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
