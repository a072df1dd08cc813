import { collectDefaultMetrics, Registry } from "prom-client";

/** Gauges the library names like counters, which promtool rightly minds. */
const misnamed = [
  "nodejs_active_resources_total",
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
];

/**
 * What only a timer that looks at the event loop all the time can tell: that would be nearly all an idle
 * daemon does. How late the loop is at a scrape is told all the same.
 */
const watched = ["min", "max", "mean", "stddev", "p50", "p90", "p99"].map(
  (kind) => `nodejs_eventloop_lag_${kind}_seconds`,
);

let registry: Registry | undefined;

/** Node's own metrics: one set per process, because its observers cannot be taken away again. */
export function processRegistry(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    // The library's own timer, put off for as long as a timer can be.
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 2 ** 31 - 1 });
    for (const name of [...misnamed, ...watched]) registry.removeSingleMetric(name);
  }
  return registry;
}
