import { type HrTime, ValueType } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import type { Sample, SampleValue } from "../status/metrics.ts";
import { instantOfMs } from "../time/clock.ts";
import type { TelemetryOptions } from "./options.ts";

/** The metrics of a scrape in the SDK's shape: what Prometheus and OTLP get is counted once. */
export function metricProducer(
  { samples, agent, runtime }: TelemetryOptions,
  complain: (text: string) => void,
): MetricProducer {
  const resource = emptyResource();
  const startTime = hrTime(runtime.startedAt);
  return {
    async collect() {
      try {
        const current = await samples();
        const times = { startTime, endTime: hrTime(runtime.clock.now()) };
        const metrics = current.map((sample) => metricData(sample, times));
        const scope = { name: agent.name, version: agent.version };
        return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
      } catch (error) {
        complain(`metrics were not collected: ${error instanceof Error ? error.message : String(error)}`);
        return { resourceMetrics: { resource, scopeMetrics: [] }, errors: [error] };
      }
    },
  };
}

type Times = Pick<DataPoint<unknown>, "startTime" | "endTime">;

function metricData({ row, values }: Sample, times: Times): MetricData {
  const { name, help: description, type } = row;
  const base = {
    descriptor: { name, description, unit: unitOf(name), valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (type === "histogram")
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(values, times) };
  const dataPoints = values.map(({ labels, value }) => ({ ...times, attributes: labels, value }));
  return type === "counter"
    ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...base, dataPointType: DataPointType.GAUGE, dataPoints };
}

/**
 * Puts the series of each histogram together again: `_bucket` cumulated by `le`, then `_sum` and `_count`.
 */
function histograms(values: readonly SampleValue[], times: Times): DataPoint<Histogram>[] {
  const points = new Map<string, { -readonly [K in keyof DataPoint<Histogram>]: DataPoint<Histogram>[K] }>();
  for (const { metricName = "", labels, value } of values) {
    const { le, ...attributes } = labels;
    const key = JSON.stringify(attributes);
    let point = points.get(key);
    if (point === undefined) {
      const empty = { buckets: { boundaries: [], counts: [] }, sum: 0, count: 0 };
      point = { ...times, attributes, value: empty };
      points.set(key, point);
    }
    const { buckets } = point.value;
    if (metricName.endsWith("_sum")) point.value.sum = value;
    else if (metricName.endsWith("_count")) point.value.count = value;
    else {
      buckets.counts.push(value - buckets.counts.reduce((below, count) => below + count, 0));
      if (le !== "+Inf") buckets.boundaries.push(Number(le));
    }
  }
  return [...points.values()];
}

/** UCUM, as OpenTelemetry writes units. */
function unitOf(name: string): string {
  if (/_seconds(_total)?$/.test(name)) return "s";
  return /_bytes$/.test(name) ? "By" : "";
}

function hrTime(ms: number): HrTime {
  const { seconds, nanos } = instantOfMs(ms);
  return [seconds, nanos];
}
