import { expect, it } from "vitest";
import { deliverySummary } from "../../src/report/delivery-summary.ts";
import type { Report } from "../../src/report/report.ts";
import { ManualClock } from "../fake/manual-clock.ts";

const delivered = (output: string, events: number): Report => ({
  type: "delivered",
  output,
  events,
  bytes: events * 100,
  seconds: 2,
  ages: [],
});

it("tells the first deliveries soon, then one sum a minute for each output, and the rest at the end", () => {
  const clock = new ManualClock(0);
  const told: Report[] = [];
  const summary = deliverySummary(clock, (report) => told.push(report));
  summary.tellDue();
  expect(told).toEqual([]);
  summary.note(delivered("soc", 5));
  summary.note({ type: "filtered", output: "soc", events: 3 });
  clock.advance(5_000);
  summary.tellDue();
  const sum = { type: "delivery_summary", output: "soc" };
  expect(told).toEqual([{ ...sum, events: 5, batches: 1, bytes: 500, overSeconds: 7 }]);
  for (let second = 0; second < 59; second++) {
    summary.note(delivered("soc", 1));
    clock.advance(1_000);
    summary.tellDue();
  }
  expect(told).toHaveLength(1);
  summary.note(delivered("splunk", 7));
  clock.advance(1_000);
  summary.tellDue();
  expect(told.slice(1)).toEqual([
    { ...sum, events: 59, batches: 59, bytes: 5_900, overSeconds: 62 },
    { ...sum, output: "splunk", events: 7, batches: 1, bytes: 700, overSeconds: 3 },
  ]);
  summary.note(delivered("soc", 1));
  summary.tellDue();
  expect(told).toHaveLength(3);
  summary.tellRest();
  summary.tellRest();
  expect(told).toHaveLength(4);
});
