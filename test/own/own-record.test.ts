import { expect, it } from "vitest";
import { ownRecord } from "../../src/own/own-record.ts";
import { facts } from "./facts.ts";
import { at, stateId } from "./own-event.ts";

const place = { stateId, seq: 7, at, untold: 0 };
const uidOf = (changes: Partial<typeof place>, fact = facts.output_held) =>
  ownRecord(fact, { ...place, ...changes }).uid;

it("has the same uid each time it is made, and no other state, place, moment or fact makes it", () => {
  const uids = [
    uidOf({}),
    uidOf({ stateId: "6".repeat(32) }),
    uidOf({ seq: 8 }),
    uidOf({ at: at + 1 }),
    uidOf({ untold: 1 }),
    uidOf({}, facts.output_released),
  ];
  expect(uidOf({})).toBe(uids[0]);
  expect(new Set(uids).size).toBe(uids.length);
  for (const uid of uids) expect(uid).toHaveLength(16);
});

it("tells when, what, in a sentence, and every member of the fact; the state's id stays unknown", () => {
  const { bytes, day, time } = ownRecord(facts.gap_found, { ...place, untold: 3 });
  const { action, ...members } = facts.gap_found;
  expect(JSON.parse(bytes.toString())).toEqual({
    timestamp: "2026-08-01T12:00:00.000Z",
    action: `wandb-audit-forwarder:${action}`,
    message: expect.stringContaining("prod"),
    ...members,
    untold: 3,
  });
  expect([day, time?.seconds]).toEqual([20_666, at / 1000]);
  expect(bytes.includes(stateId)).toBe(false);
});
