import type { Environment } from "../net/http/proxy.ts";
import { isLoopback } from "../net/loopback.ts";
import { type OtlpEnvironment, otlpEnvironment } from "../net/otlp-environment.ts";

const signals = ["traces", "metrics"] as const;
/** What may be asked for. */
export type TelemetrySignal = (typeof signals)[number];

/** What the environment asks for. */
export interface TelemetrySettings {
  /** Where each signal goes that is asked for. */
  readonly destinations: ReadonlyMap<TelemetrySignal, OtlpEnvironment>;
  /** What was asked for and cannot be had. Names variables, never their values. */
  readonly problems: readonly string[];
}

/** Answered elsewhere, or by doing nothing: the admin listener serves Prometheus. */
const harmless: Readonly<Record<TelemetrySignal, readonly string[]>> = {
  traces: ["none"],
  metrics: ["none", "prometheus"],
};

/**
 * What the OTEL_* variables ask of the daemon itself (OpenTelemetry Environment
 * Variable Specification). Unlike there, what is not set means nothing.
 */
export function telemetrySettings(environment: Environment): TelemetrySettings {
  const destinations = new Map<TelemetrySignal, OtlpEnvironment>();
  const problems = new Set<string>();
  if (environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true") return { destinations, problems: [] };
  for (const signal of signals) {
    const variable = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    const asked = (environment[variable] ?? "").split(",").map((name) => name.trim());
    if (asked.some((name) => name !== "" && name !== "otlp" && !harmless[signal].includes(name)))
      problems.add(`${variable} names an exporter that is not supported: only otlp is`);
    if (!asked.includes("otlp")) continue;
    try {
      destinations.set(signal, destination(signal, environment));
    } catch (error) {
      problems.add(`${signal} are not sent: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (destinations.has("metrics")) for (const problem of temporality(environment)) problems.add(problem);
  return { destinations, problems: [...problems] };
}

/** Milliseconds or another whole number above 0; nonsense counts as not set. */
export function wholeNumberOf(environment: Environment, name: string): number | undefined {
  const value = Number(environment[name]);
  return Number.isInteger(value) && value > 0 && value < 2 ** 31 ? value : undefined;
}

/**
 * `key=value,key=value` with values percent-encoded. As the
 * specification has it, one that cannot be decoded discards all.
 */
export function resourceAttributes(environment: Environment): Record<string, string> {
  const attributes: Record<string, string> = {};
  try {
    for (const pair of (environment.OTEL_RESOURCE_ATTRIBUTES ?? "").split(",")) {
      const at = pair.indexOf("=");
      if (at > 0)
        attributes[decodeURIComponent(pair.slice(0, at).trim())] = decodeURIComponent(
          pair.slice(at + 1).trim(),
        );
    }
  } catch {
    return {};
  }
  return attributes;
}

function destination(signal: TelemetrySignal, environment: Environment): OtlpEnvironment {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`;
  const protocol = [own, "OTEL_EXPORTER_OTLP_PROTOCOL"].find((name) => environment[name]);
  if (protocol !== undefined && environment[protocol] !== "http/protobuf")
    throw new Error(`${protocol} asks for a protocol that is not supported: only http/protobuf is`);
  const otlp = otlpEnvironment(environment, signal);
  const { endpoint, headers } = otlp;
  if (endpoint.protocol === "http:" && headers.length > 0 && !isLoopback(endpoint.hostname))
    throw new Error(
      `the headers of the OTEL_* variables would go to ${endpoint.host} unencrypted: use https://`,
    );
  return otlp;
}

function temporality(environment: Environment): string[] {
  const name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  const cumulative = ["", "cumulative"].includes((environment[name] ?? "").toLowerCase());
  return cumulative ? [] : [`${name} is not supported: metrics are always cumulative`];
}
