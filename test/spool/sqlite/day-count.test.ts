import { expect, it } from "vitest";
import { countDay, type DayCounts } from "../../../src/spool/sqlite/day-count.ts";

it("days are counted for each source by itself, also when names look like days", () => {
  const counts: DayCounts = new Map();
  countDay(counts, "prod", 1, 2);
  countDay(counts, "prod", 1, 3);
  countDay(counts, "prod", 2, 1);
  countDay(counts, "1 prod", 1, 1);
  countDay(counts, "prod", 11, 1);
  expect([...counts.values()]).toEqual([
    { source: "prod", day: 1, count: 5 },
    { source: "prod", day: 2, count: 1 },
    { source: "1 prod", day: 1, count: 1 },
    { source: "prod", day: 11, count: 1 },
  ]);
});
