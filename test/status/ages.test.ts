import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { ages } from "../../src/status/ages.ts";
import type { MetricRow } from "../../src/status/metric-table.ts";

const row = {
  name: "age_seconds",
  help: "How old.",
  type: "histogram",
  labels: ["output"],
  buckets: [1, 10],
} as unknown as MetricRow;

async function lines(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split("\n").filter((line) => line.startsWith("age_seconds"));
}

describe("ages", () => {
  it.each([[[0, 1, 1.5, 10, 11]], [[11, 10, 1.5, 1, 0]], [[10, 0, 11, 1, 1.5]]])(
    "counts %j into buckets whose bounds belong to them, as a Prometheus histogram",
    async (values) => {
      const registry = new Registry();
      ages(row, [], registry).observe("siem", values);
      expect(await lines(registry)).toEqual([
        'age_seconds_bucket{output="siem",le="1"} 2',
        'age_seconds_bucket{output="siem",le="10"} 4',
        'age_seconds_bucket{output="siem",le="+Inf"} 5',
        'age_seconds_sum{output="siem"} 23.5',
        'age_seconds_count{output="siem"} 5',
      ]);
    },
  );

  it("shows every configured output from the start, and adds one it was not told of", async () => {
    const registry = new Registry();
    const histogram = ages(row, ["siem", "lake"], registry);
    histogram.observe("late", [3]);
    expect((await lines(registry)).filter((line) => line.includes("_count"))).toEqual([
      'age_seconds_count{output="siem"} 0',
      'age_seconds_count{output="lake"} 0',
      'age_seconds_count{output="late"} 1',
    ]);
  });
});
