import type * as prom from "prom-client";
// @ts-expect-error: the library describes itself only as a whole.
import counter from "prom-client/lib/counter.js";
// @ts-expect-error: the same.
import gauge from "prom-client/lib/gauge.js";
// @ts-expect-error: the same.
import histogram from "prom-client/lib/histogram.js";
// @ts-expect-error: the same.
import registry from "prom-client/lib/registry.js";

// Of prom-client what counts: its index also brings what watches the process, and OpenTelemetry for that.
type Library = typeof prom;

/** What only rises. */
export const Counter: Library["Counter"] = counter;
/** What rises and falls. */
export const Gauge: Library["Gauge"] = gauge;
/** How many values lie in which range. */
export const Histogram: Library["Histogram"] = histogram;
/** What a scrape gets. */
export const Registry: Library["Registry"] = registry;
