import { describe, expect, it } from "vitest";
import { body, entry, flooded } from "./flood.ts";

const dayMs = 86_400_000;
const now = Date.now();
const honest = entry(now - 60_000);

describe("a source that floods", { timeout: 300_000 }, () => {
  it("UP-TINY with millions of lines of a byte each: they are counted as what they take in memory", async () => {
    const { peakMiB, status, log, taken } = await flooded(
      (response) => body(response, honest, "7\n", 6_000_000),
      // The same failure is told once a minute.
      { ends: 1 },
    );
    expect(log).toContain('"reason":"all_malformed"');
    expect(taken).toHaveLength(1);
    expect(status.books).toMatchObject([{ new: 1, delivered: 1 }]);
    // 1,509 when only their bytes were counted.
    expect(peakMiB).toBeLessThan(400);
  });

  it("UP-FUTURE with entries of 80,000 days to come: all delivered once, in one row of the books", async () => {
    const ahead = Array.from({ length: 80_000 }, (_, day) => entry(now + (day + 5) * dayMs));
    const { peakMiB, status, statusMs, taken } = await flooded(
      (response) => body(response, honest + ahead.join("")),
      { ends: 3 },
    );
    expect(taken.toSorted()).toEqual([honest, ...ahead].map((line) => line.trim()).sort());
    const today = new Date(now).toISOString().slice(0, 10);
    expect(status.books.map(({ day, new: fresh, delivered }) => [day, fresh, delivered])).toEqual([
      [today, 1, 1],
      ["misdated", 80_000, 80_000],
    ]);
    expect(status.balanced).toBe(true);
    expect(status.sources[0]?.newest_event).toBe(JSON.parse(honest).timestamp);
    expect(statusMs).toBeLessThan(100);
    // 669 when each day had books of its own.
    expect(peakMiB).toBeLessThan(450);
  });

  it("UP-PAST with entries of every day since 1970: no more books than there can be days", async () => {
    const days = Math.floor(now / dayMs);
    const past = Array.from({ length: days }, (_, day) => entry(day * dayMs + 1000));
    const { status, statusMs, taken } = await flooded((response) => body(response, past.join("")), {
      start: "1970-01-01",
    });
    expect(taken).toHaveLength(days);
    expect(status.books).toHaveLength(32);
    expect(status.books.at(-1)).toMatchObject({ day: "misdated", new: 17_167, delivered: 17_167 });
    expect(status.balanced).toBe(true);
    expect(statusMs).toBeLessThan(100);
  });
});
