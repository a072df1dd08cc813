import { expect, it } from "vitest";
import { DecidedRecords } from "../../src/ingest/decided-records.ts";

it("gives what was decided once", () => {
  const decided = new DecidedRecords();
  const record = { bytes: Buffer.from("{}") };
  decided.fresh.push({ record, ordinal: 2 });
  decided.shown.push({ record, ordinal: 1 });
  decided.known = 3;
  expect(decided.take(7)).toEqual({
    day: 7,
    fresh: [{ record, ordinal: 2 }],
    shown: [{ record, ordinal: 1 }],
    known: 3,
  });
  expect(decided.take(7)).toEqual({ day: 7, fresh: [], shown: [], known: 0 });
});
