import { expect, it } from "vitest";
import { knownAs } from "../../src/ingest/known-as.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { keepLines, prod, rawRecords } from "../fake/kept-lines.ts";
import { all, today } from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

const lines = [
  '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":1042}',
  '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":1042}',
  '{"timestamp":"1999-08-01T13:12:14Z","action":"project:read"}',
  '{"action":"project:read","actor_user_id":"VXNlcjoxMDc3"}',
  "no record at all",
];

it("says what ingest called each of them: identity, day and uid", () => {
  const state = new SpoolDirectory();
  try {
    const store = state.open();
    keepLines(store, state.clock, lines);
    const kept = store.read(0, all);
    expect(kept).toHaveLength(5);
    const ordinals = [1, 2, 1, 1, 1];
    for (const [index, raw] of rawRecords(lines).entries()) {
      const { identity, day, uidsOf } = knownAs(raw as RawRecord, prod.instance);
      const uids = uidsOf({ ordinal: ordinals[index] as number, observed: state.clock.now() });
      const record = kept.find(({ uid }) => uids.includes(uid));
      expect(record && Buffer.from(record.bytes).toString()).toBe(lines[index]);
      const asked = { instance: prod.instance, day, identity, after: -1 };
      expect(store.events.twins(asked).twins.map(({ ordinal }) => ordinal)).toContain(ordinals[index]);
    }
  } finally {
    state.remove();
  }
});

it("knows no uid of an undated record without the time at which it was kept", () => {
  const [undated] = rawRecords([lines[3] as string]) as [RawRecord];
  const { day, uidsOf } = knownAs(undated, prod.instance);
  expect(day).toBe(-1);
  expect(uidsOf({ ordinal: 1 })).toEqual([]);
  // Just after midnight it may have been seen the day before.
  expect(uidsOf({ ordinal: 1, observed: today * 86_400_000 + 5 })).toHaveLength(2);
});
