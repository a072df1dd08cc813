import { createHash } from "node:crypto";
import type { NewRecord } from "../record/record.ts";
import { instantOfMs, utcDayOfMs } from "../time/clock.ts";
import { type OwnFact, ownPrefix } from "./own-fact.ts";
import { sentence } from "./sentence.ts";

/** Where a record of our own stands, and when what it tells happened. */
export interface OwnPlace {
  /** Names the state; known to nobody who does not read that. */
  readonly stateId: string;
  /** Its place in the order of the spool. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Events of this action and subject that were not told since the last one. */
  readonly untold: number;
}

/**
 * A fact as a record. Its uid is a hash of the state's id, its place and its text: no other state makes it,
 * nor the same one after an older copy of it was restored.
 */
export function ownRecord(fact: OwnFact, { stateId, seq, at, untold }: OwnPlace): NewRecord {
  const { action, ...members } = fact;
  const text = JSON.stringify({
    timestamp: new Date(at).toISOString(),
    action: ownPrefix + action,
    message: sentence(fact),
    ...members,
    ...(untold === 0 ? {} : { untold }),
  });
  const uid = createHash("sha256").update(`${ownPrefix}${stateId}:${seq}:${text}`).digest();
  return {
    uid: uid.toString("latin1", 0, 16),
    day: utcDayOfMs(at),
    bytes: Buffer.from(text),
    time: instantOfMs(at),
    late: false,
  };
}
