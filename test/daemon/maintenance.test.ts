import { expect, it } from "vitest";
import { maintain } from "../../src/daemon/maintenance.ts";
import type { Report } from "../../src/report/report.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import { ManualClock } from "../fake/manual-clock.ts";

/** A spool from which so many records are removed at a time. */
function subject(prunes: readonly (number | Error)[], once = false) {
  const done: string[] = [];
  const left = [...prunes];
  const reports: Report[] = [];
  const spool = {
    async prune() {
      done.push("prune");
      const next = left.shift() ?? 0;
      if (typeof next !== "number") throw next;
      return next;
    },
    async tellDue() {
      done.push("tell");
    },
  };
  const stop = new AbortController();
  const tell = (report: Report) => void reports.push(report);
  const running = maintain({ spool: spool as never, once, clock: new ManualClock(0), tell }, stop.signal);
  return { done, reports, stop, running };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number) => {
  for (let each = 0; each < count; each++) await turn();
};

it("removes nothing before whoever started it could say what is still wanted", async () => {
  const { done, stop, running } = subject([5]);
  for (let each = 0; each < 50; each++) await Promise.resolve();
  expect(done).toEqual([]);
  await turns(3);
  expect(done.slice(0, 2)).toEqual(["tell", "prune"]);
  stop.abort();
  await running;
});

it("removes until there is nothing left to remove, and says how much; where all ends by itself nothing due is told", async () => {
  const { done, reports, stop, running } = subject([5, 3], true);
  await turns(6);
  stop.abort();
  await running;
  expect(reports[0]).toEqual({ type: "pruned", records: 8 });
  expect(done).not.toContain("tell");
});

it("waits where the disk is full, and ends with anything else", async () => {
  const full = subject([new SpoolError("full", "no room", "make some"), 2]);
  await turns(8);
  full.stop.abort();
  await full.running;
  expect(full.reports).toEqual([{ type: "pruned", records: 2 }]);
  await expect(subject([new SpoolError("io", "gone", "look")]).running).rejects.toThrow("gone");
});
