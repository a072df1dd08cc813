import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bookDay, ledgerDay } from "../../src/ingest/book-day.ts";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { dayMs, today } from "../fake/records.ts";

const anyDay = fc.integer({ min: 0, max: 106_751 });

describe("the day whose books count an entry", () => {
  it("is its own up to two days ahead of our clock, as clocks may be apart, or of what was read", () => {
    const days = [today - 900, today, today + 2, today + 3];
    expect(days.map((day) => bookDay(day, today, undefined))).toEqual([...days.slice(0, 3), misdatedDay]);
    const reached = (today + 5) * dayMs;
    expect([7, 8].map((ahead) => bookDay(today + ahead, today, reached))).toEqual([today + 7, misdatedDay]);
    // What was read long ago holds nothing back.
    expect(bookDay(today, today, 5 * dayMs)).toBe(today);
  });

  it("is its own where our clock was never set and cannot tell", () => {
    expect(bookDay(today, 5, undefined)).toBe(today);
  });

  it("is that of all misdated ones before there was W&B, and in the next century, whatever clocks say", () => {
    for (const day of [0, 17_166, 47_482, 100_773])
      for (const now of [5, today, 100_773]) expect(bookDay(day, now, now * dayMs)).toBe(misdatedDay);
  });

  it("has few enough values, whatever a source shows", () => {
    const books = new Set<number>();
    fc.assert(
      fc.property(anyDay, (day) => void books.add(bookDay(day, today, today * dayMs))),
      {
        numRuns: 20_000,
      },
    );
    expect(Math.max(...books)).toBeLessThanOrEqual(today + 2);
    expect([...books].filter((day) => day < 17_167)).toEqual([misdatedDay]);
  });
});

describe("the day by which the ledger knows an entry", () => {
  it("is its own where a log can have it", () => {
    expect([0, 17_166, 17_167, today + 400, 47_481, 47_482].map(ledgerDay)).toEqual([
      misdatedDay,
      misdatedDay,
      17_167,
      today + 400,
      47_481,
      misdatedDay,
    ]);
  });
});
