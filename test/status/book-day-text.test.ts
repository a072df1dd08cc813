import { expect, it } from "vitest";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { bookDayOf, bookDayText } from "../../src/status/book-day-text.ts";

it("a day is a day of the calendar, or that of all whose day cannot be", () => {
  for (const day of [0, 20_666, misdatedDay]) expect(bookDayOf(bookDayText(day))).toBe(day);
  expect(bookDayText(20_666)).toBe("2026-08-01");
  expect(bookDayText(misdatedDay)).toBe("misdated");
  for (const text of ["2026-02-30", "2026-8-1", "20666", "", "2026-08-01T00", "Misdated"])
    expect(bookDayOf(text)).toBeUndefined();
});
