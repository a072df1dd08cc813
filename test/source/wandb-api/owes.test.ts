import { expect, it } from "vitest";
import type { Cursor } from "../../../src/record/reading.ts";
import { learned, owes } from "../../../src/source/wandb-api/owes.ts";
import { cursorOf } from "../../../src/source/wandb-api/round/progress.ts";

const progress = { start: 0, counts: {}, server: {} };

it("tells which days were missed, and which of them fail", () => {
  const failed = { 20660: { failures: 2, until: 5 }, 20650: { failures: 9, until: 5 } };
  const round = { planned: 20_666, missed: [20_660, 20_661], failed };
  expect(owes(cursorOf({ ...progress, round }))).toEqual([
    { day: 20_660, failures: 2 },
    { day: 20_661, failures: 0 },
  ]);
});

it("tells what was learned of the server", () => {
  expect(learned(cursorOf({ ...progress, server: { answers: "ndjson" } }))).toEqual(["answers with NDJSON"]);
  for (const text of ["", "no JSON", '{"version":99}', "null"]) expect(learned(text as Cursor)).toEqual([]);
});

it("is nothing without a round, and of what another program wrote", () => {
  expect(owes(cursorOf(progress))).toEqual([]);
  for (const text of ["", "no JSON", '{"version":99}', '{"volumes":1,"rows":[]}', "null"])
    expect(owes(text as Cursor)).toEqual([]);
});
