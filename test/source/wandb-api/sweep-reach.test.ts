import { expect, it } from "vitest";
import type { Cursor } from "../../../src/record/reading.ts";
import { cursorOf } from "../../../src/source/wandb-api/round/progress.ts";
import { sweepReach } from "../../../src/source/wandb-api/sweep-reach.ts";

const progress = { start: 5, counts: {}, server: {} };
const acme = { url: new URL("https://acme.example") };
const cloud = { url: new URL("https://api.wandb.ai") };

it("begins at `start`, and leaves out what has not been read", () => {
  const round = { planned: 20_666, missed: [20_660, 20_661] };
  expect(sweepReach(cursorOf(progress), acme)).toEqual({ since: 5, owed: [] });
  expect(sweepReach(cursorOf({ ...progress, round }), acme)?.owed).toEqual([20_660, 20_661]);
});

it("ends where the server shows no days: on Multi-tenant Cloud, and where it was seen", () => {
  const window = (server: object, config = acme) =>
    sweepReach(cursorOf({ ...progress, server }), config)?.window;
  expect(window({ startDate: "ignored", maxDays: 30 })).toBe(30);
  expect(window({ startDate: "honoured", maxDays: 30 })).toBeUndefined();
  expect(window({ startDate: "honoured" }, cloud)).toBe(7);
});

it("is unknown of what another program wrote", () => {
  for (const text of ["", "no JSON", '{"version":99}', "null"])
    expect(sweepReach(text as Cursor, acme)).toBeUndefined();
});
