import { expect, it } from "vitest";
import { newestTexts } from "../../../../src/source/wandb-api/newest/newest.ts";
import { noon, today } from "../reading.ts";

const began = { at: noon, sentAt: noon };
const hour = 3_600_000;

it("tells how the newest hours are read, once they are", () => {
  const newest = { whole: began, skewMs: 0, last: { ...began, from: noon - 12 * hour }, reads: 0, late: {} };
  expect(newestTexts(newest)).toEqual([]);
  const last = { at: noon + hour / 2, sentAt: noon + hour / 2, from: noon - hour };
  expect(newestTexts({ ...newest, last, reads: 3, late: { [today]: 25 * 60_000 } })).toEqual([
    "records came up to 25 min late since yesterday",
    "the last poll read from 2026-08-20T11:00Z on, everything was last read 2026-08-20T12:00Z",
  ]);
});
