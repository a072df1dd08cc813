import { hostname } from "node:os";
import { ProtobufMetricsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Environment } from "../net/http/proxy.ts";
import type { OtlpEnvironment } from "../net/otlp-environment.ts";
import type { Tell } from "../report/report.ts";
import { exporter, type Serializer } from "./exporter.ts";
import { metricProducer } from "./metric-producer.ts";
import type { Telemetry, TelemetryOptions } from "./options.ts";
import { resourceAttributes, type TelemetrySignal, wholeNumberOf } from "./settings.ts";
import { samplerOf, spanMaker } from "./spans.ts";

/**
 * Connects the SDK's batching and timing to what happens here. Nothing
 * is registered globally: only this daemon's reports and metrics go out.
 */
export function pipelines(
  options: TelemetryOptions,
  destinations: ReadonlyMap<TelemetrySignal, OtlpEnvironment>,
): Telemetry {
  const { environment, agent, tell } = options;
  const { clock } = options.runtime;
  const resource = resourceOf(options);
  const giveUp = new AbortController();
  const endings: (() => Promise<void>)[] = [];
  const clients: (() => Promise<void>)[] = [];
  let note: Tell = () => {};

  const complain = (text: string) => tell({ type: "telemetry_trouble", text });
  function exporterFor<T>(signal: TelemetrySignal, otlp: OtlpEnvironment, serializer: Serializer<T>) {
    const made = exporter(serializer, {
      ...options,
      clock,
      otlp,
      giveUp: giveUp.signal,
      complain: (detail) => complain(`${signal}: ${detail}`),
    });
    clients.push(made.disconnect);
    return made;
  }

  const traces = destinations.get("traces");
  if (traces !== undefined) {
    const processor = new BatchSpanProcessor({
      exporter: exporterFor("traces", traces, ProtobufTraceSerializer),
      ...batchSettings(environment),
    });
    const sampler = samplerOf(environment);
    const provider = new TracerProvider({ resource, sampler, spanProcessors: [processor] });
    note = spanMaker(provider.getTracer(agent.name, agent.version), clock, complain);
    endings.push(() => provider.shutdown());
  }

  const metrics = destinations.get("metrics");
  if (metrics !== undefined) {
    const exportIntervalMillis = wholeNumberOf(environment, "OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000;
    const timeout = wholeNumberOf(environment, "OTEL_METRIC_EXPORT_TIMEOUT") ?? 30_000;
    const reader = new PeriodicExportingMetricReader({
      exporter: exporterFor("metrics", metrics, ProtobufMetricsSerializer),
      exportIntervalMillis,
      exportTimeoutMillis: Math.min(timeout, exportIntervalMillis),
      metricProducers: [metricProducer(options, complain)],
    });
    const provider = new MeterProvider({ resource, readers: [reader] });
    endings.push(() => provider.shutdown());
  }

  return {
    note,
    async close(withinMs, abandon) {
      const flushed = new AbortController();
      const patience = clock.sleep(withinMs, AbortSignal.any([abandon, flushed.signal]));
      await Promise.race([Promise.allSettled(endings.map((end) => end())), patience]);
      flushed.abort();
      giveUp.abort();
      await Promise.allSettled(clients.map((disconnect) => disconnect()));
    },
  };
}

function resourceOf({ environment, agent, instance }: TelemetryOptions): Resource {
  const name = environment.OTEL_SERVICE_NAME;
  return resourceFromAttributes({
    "service.name": agent.name,
    "service.version": agent.version,
    "service.instance.id": instance,
    "host.name": hostname(),
    ...resourceAttributes(environment),
    ...(name && { "service.name": name }),
  });
}

/** The SDK has the specification's defaults for what is not set. */
function batchSettings(environment: Environment) {
  const entries = {
    scheduledDelayMillis: wholeNumberOf(environment, "OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeoutMillis: wholeNumberOf(environment, "OTEL_BSP_EXPORT_TIMEOUT"),
    maxQueueSize: wholeNumberOf(environment, "OTEL_BSP_MAX_QUEUE_SIZE"),
    maxExportBatchSize: wholeNumberOf(environment, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
