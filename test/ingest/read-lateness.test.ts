import { describe, expect, it } from "vitest";
import { ReadLateness, steadyFrom } from "../../src/ingest/read-lateness.ts";
import { dayMs, today } from "../fake/records.ts";

const now = today * dayMs + dayMs / 2;
const minuteMs = 60_000;

/** How late records of so many minutes ago come, where a read before ended so many minutes ago. */
function latest(minutesAgo: readonly number[], watermarkAgo: number | undefined, from = 0) {
  const lateness = new ReadLateness();
  const watermark = watermarkAgo === undefined ? undefined : now - watermarkAgo * minuteMs;
  lateness.begin(now, watermark, from);
  for (const ago of minutesAgo) lateness.tally?.note(now - ago * minuteMs, 1);
  lateness.keep(lateness.tally?.counted);
  return lateness.kept;
}

describe("how late the records of a read came", () => {
  it("is the time since they happened, also of those that happened while it ran", () => {
    expect(latest([3, 125, -1], 5)).toMatchObject({ latest: 125 * 60, sum: 128 * 60 });
  });

  it("is not counted on a first read, and not of what is older than a steady read shows", () => {
    expect(latest([3], undefined)).toBeUndefined();
    expect(latest([3, 600], 5, now - 300 * minuteMs)?.latest).toBe(180);
  });

  it("counts an hour at most for a time in which nothing was read", () => {
    const days = 3 * 24 * 60;
    // Written while nobody read; and an hour before the last read.
    expect(latest([60], days)).toBeUndefined();
    expect(latest([days + 60], days)?.latest).toBe(2 * 3_600);
  });

  it("is of one read after the other", () => {
    const lateness = new ReadLateness();
    lateness.begin(now, now, 0);
    lateness.tally?.note(now - 1_000, 1);
    lateness.keep(lateness.tally?.counted);
    lateness.keep(undefined);
    expect(lateness.kept?.latest).toBe(1);
    lateness.begin(now, now, 0);
    expect(lateness.kept).toBeUndefined();
  });
});

it("a steady read tells it of yesterday and as far back as it looks", () => {
  expect(steadyFrom(now, 0)).toBe((today - 1) * dayMs);
  expect(steadyFrom(now, 26 * 60 * minuteMs)).toBe((today - 1) * dayMs);
  expect(steadyFrom(now, 3 * dayMs)).toBe((today - 3) * dayMs);
});
