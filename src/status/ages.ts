import type { Histogram, Registry } from "prom-client";
import type { MetricRow } from "./metric-table.ts";

/** A histogram over one label that takes a whole array of values at a time. */
export interface Ages {
  observe(name: string, ages: readonly number[] | Float64Array): void;
  /** What somebody has counted by the same bounds, not cumulated, the last above all of them. */
  add(name: string, counted: { readonly counts: readonly number[]; readonly sum: number }): void;
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
export function ages(row: MetricRow, names: readonly string[], registry: Registry): Ages {
  const bounds = Float64Array.from(row.buckets ?? []);
  const [label = "output"] = row.labels;
  const perName = new Map<string, Counts>();

  function countsOf(name: string): Counts {
    let counts = perName.get(name);
    if (counts === undefined) {
      counts = { buckets: new Float64Array(bounds.length + 1), sum: 0, count: 0 };
      perName.set(name, counts);
    }
    return counts;
  }

  for (const name of names) countsOf(name);
  const metric = {
    name: row.name,
    get: async () => ({
      name: row.name,
      help: row.help,
      type: "histogram",
      values: [...perName].flatMap(([name, counts]) => samples(row.name, { [label]: name }, bounds, counts)),
    }),
  };
  registry.registerMetric(metric as unknown as Histogram<string>);

  return {
    observe(name, values) {
      const counts = countsOf(name);
      const { buckets } = counts;
      let sum = 0;
      let bucket = 0;
      for (const value of values) {
        // Neighbours are of one age, nearly.
        while (bucket > 0 && value <= (bounds[bucket - 1] as number)) bucket--;
        while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
        buckets[bucket] = (buckets[bucket] as number) + 1;
        sum += value;
      }
      counts.sum += sum;
      counts.count += values.length;
    },
    add(name, { counts: more, sum }) {
      const counts = countsOf(name);
      for (const [bucket, count] of more.entries()) {
        counts.buckets[bucket] = (counts.buckets[bucket] as number) + count;
        counts.count += count;
      }
      counts.sum += sum;
    },
  };
}

function samples(
  name: string,
  label: Readonly<Record<string, string>>,
  bounds: Float64Array,
  { buckets, sum, count }: Counts,
) {
  let below = 0;
  const cumulated = Array.from(bounds, (bound, index) => {
    below += buckets[index] as number;
    return { metricName: `${name}_bucket`, labels: { ...label, le: bound }, value: below };
  });
  return [
    ...cumulated,
    { metricName: `${name}_bucket`, labels: { ...label, le: "+Inf" }, value: count },
    { metricName: `${name}_sum`, labels: label, value: sum },
    { metricName: `${name}_count`, labels: label, value: count },
  ];
}
