import { decode } from "../../src/event/decode.ts";
import type { OwnFact } from "../../src/own/own-fact.ts";
import { ownOrigin, ownSource } from "../../src/own/own-origin.ts";
import { ownRecord } from "../../src/own/own-record.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import { instantOfMs } from "../../src/time/clock.ts";

export const at = Date.UTC(2026, 7, 1, 12);
export const stateId = "5".repeat(32);

/** A fact as an output reads it. */
export function spooledFact(fact: OwnFact, place: { seq?: number; untold?: number } = {}): SpooledRecord {
  const { seq = 7, untold = 0 } = place;
  const { uid, day, bytes, late } = ownRecord(fact, { stateId, seq, at, untold });
  return {
    seq,
    source: ownSource,
    uid: Buffer.from(uid, "latin1").toString("hex"),
    day,
    bytes,
    late,
    observed: instantOfMs(at),
  };
}

export const ownEvent = (fact: OwnFact) => decode(spooledFact(fact), ownOrigin);
