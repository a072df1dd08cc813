import { expect, it } from "vitest";
import type { Cursor } from "../../../src/record/reading.ts";
import { apiClosing } from "../../../src/source/wandb-api/closing.ts";
import { cursorOf } from "../../../src/source/wandb-api/round/progress.ts";
import { dayMs } from "../../../src/time/clock.ts";

const today = 20_666;
const now = today * dayMs + 1;
const progress = { start: (today - 30) * dayMs + 5, counts: {}, server: {} };
const acme = { url: new URL("https://acme.example") };
const cloud = { url: new URL("https://api.wandb.ai") };

it("is over with its last sweep, and not while it is owed", () => {
  const round = { planned: today, missed: [today - 9] };
  const { first, isOver } = apiClosing(cursorOf({ ...progress, round }), acme) ?? expect.unreachable();
  expect(first).toBe(today - 29);
  expect([0, 6, 7, 8, 9, 10].filter((age) => isOver(today - age, now))).toEqual([7, 8, 10]);
});

it("is over a day before it is shown no more", () => {
  const ages = (server: object, config = acme) => {
    const { isOver } = apiClosing(cursorOf({ ...progress, server }), config) ?? expect.unreachable();
    return [0, 1, 2, 5, 6, 7].filter((age) => isOver(today - age, now));
  };
  expect(ages({}, cloud)).toEqual([6, 7]);
  expect(ages({ startDate: "ignored", maxDays: 2 })).toEqual([1, 2, 5, 6, 7]);
  expect(ages({ startDate: "ignored", maxDays: 1 })).toEqual([1, 2, 5, 6, 7]);
});

it("is never over of what another program wrote", () => {
  for (const text of ["", "no JSON", '{"version":99}', "null"])
    expect(apiClosing(text as Cursor, acme)).toBeUndefined();
});
