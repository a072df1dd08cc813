import fc from "fast-check";
import { expect, it } from "vitest";
import { isoWeek } from "../../src/time/iso-week.ts";

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const textOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

it.each([
  ["2019-12-30", "2020-W01", "2019-12-30"],
  ["2020-12-27", "2020-W52", "2020-12-21"],
  ["2020-12-28", "2020-W53", "2020-12-28"],
  ["2020-12-31", "2020-W53", "2020-12-28"],
  ["2021-01-03", "2020-W53", "2020-12-28"],
  ["2021-01-04", "2021-W01", "2021-01-04"],
  ["2022-01-01", "2021-W52", "2021-12-27"],
  ["2024-12-30", "2025-W01", "2024-12-30"],
  ["2026-08-01", "2026-W31", "2026-07-27"],
  ["2026-12-27", "2026-W52", "2026-12-21"],
  ["2026-12-28", "2026-W53", "2026-12-28"],
  ["2027-01-03", "2026-W53", "2026-12-28"],
  ["2027-01-04", "2027-W01", "2027-01-04"],
  ["1970-01-01", "1970-W01", "1969-12-29"],
])("%s is in %s, which begins on %s", (day, name, monday) => {
  const week = isoWeek(dayOf(day));
  expect([week.name, textOf(week.monday)]).toEqual([name, monday]);
});

it("is the same for the seven days from its Monday on, and another one behind them", () => {
  fc.assert(
    fc.property(fc.integer({ min: -40_000, max: 60_000 }), (day) => {
      const { name, monday } = isoWeek(day);
      expect(new Date(monday * 86_400_000).getUTCDay()).toBe(1);
      for (let at = monday; at < monday + 7; at++) expect(isoWeek(at)).toEqual({ name, monday });
      expect(isoWeek(monday + 7).name).not.toBe(name);
      const [year = "", week = ""] = name.split("-W");
      // The fourth of January is always in the first week.
      const first = isoWeek(Date.UTC(Number(year), 0, 4) / 86_400_000);
      expect(monday).toBe(first.monday + 7 * (Number(week) - 1));
    }),
  );
});
