import type { Histogram, Registry } from "prom-client";
import type { MetricRow } from "./metric-table.ts";

/** A histogram over one label that takes a whole array of values at a time. */
export interface Ages {
  observe(output: string, ages: readonly number[]): void;
}

interface Counts {
  /** Per bound, not cumulated; the last is for everything above. */
  readonly buckets: Float64Array;
  sum: number;
  count: number;
}

/**
 * The library's histogram validates and hashes its labels per value, which at every event's rate costs more
 * than formatting the event. This one counts into an array and speaks the library's export shape.
 */
export function ages(row: MetricRow, outputs: readonly string[], registry: Registry): Ages {
  const bounds = Float64Array.from(row.buckets ?? []);
  const perOutput = new Map<string, Counts>();

  function countsOf(output: string): Counts {
    let counts = perOutput.get(output);
    if (counts === undefined) {
      counts = { buckets: new Float64Array(bounds.length + 1), sum: 0, count: 0 };
      perOutput.set(output, counts);
    }
    return counts;
  }

  for (const output of outputs) countsOf(output);
  const metric = {
    name: row.name,
    get: async () => ({
      name: row.name,
      help: row.help,
      type: "histogram",
      values: [...perOutput].flatMap(([output, counts]) => samples(row.name, output, bounds, counts)),
    }),
  };
  registry.registerMetric(metric as unknown as Histogram<"output">);

  return {
    observe(output, values) {
      const counts = countsOf(output);
      const { buckets } = counts;
      let sum = 0;
      for (const value of values) {
        let bucket = 0;
        while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
        buckets[bucket] = (buckets[bucket] as number) + 1;
        sum += value;
      }
      counts.sum += sum;
      counts.count += values.length;
    },
  };
}

function samples(name: string, output: string, bounds: Float64Array, { buckets, sum, count }: Counts) {
  let below = 0;
  const cumulated = Array.from(bounds, (bound, index) => {
    below += buckets[index] as number;
    return { metricName: `${name}_bucket`, labels: { output, le: bound }, value: below };
  });
  return [
    ...cumulated,
    { metricName: `${name}_bucket`, labels: { output, le: "+Inf" }, value: count },
    { metricName: `${name}_sum`, labels: { output }, value: sum },
    { metricName: `${name}_count`, labels: { output }, value: count },
  ];
}
