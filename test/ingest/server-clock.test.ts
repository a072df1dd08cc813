import { expect, it } from "vitest";
import { ServerClock } from "../../src/ingest/server-clock.ts";
import type { Report } from "../../src/report/report.ts";

it("tells a clock that is wrong at once, again when that changed by a minute, and when it is right", () => {
  const reports: Report[] = [];
  const clock = new ServerClock("prod", (report) => reports.push(report));
  for (const seconds of [undefined, 0, 60, -60, 61, 70, 100, undefined, 122, -3_600, -3_601, 30, 0, 90])
    clock.seen(seconds);
  const wrong = (seconds: number) => ({ type: "clock_wrong", source: "prod", seconds });
  expect(reports).toEqual([
    wrong(61),
    wrong(122),
    wrong(-3_600),
    { type: "clock_right", source: "prod" },
    wrong(90),
  ]);
});

it("tells it at every start, because that is when somebody looks", () => {
  const reports: Report[] = [];
  for (let start = 0; start < 3; start++) new ServerClock("prod", (report) => reports.push(report)).seen(120);
  expect(reports).toHaveLength(3);
});
