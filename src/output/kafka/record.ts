import type { AuditEvent } from "../../event/event.ts";
import type { Format } from "../../format/format.ts";
import { has, writeText } from "../../format/values.ts";
import { place } from "../../record/known-keys.ts";
import type { Part } from "../../text/writer.ts";
import { msOfInstant } from "../../time/clock.ts";

/** What a record's key may be. */
export const keyChoices = ["uid", "actor", "none"] as const;
/** One of them. */
export type RecordKey = (typeof keyChoices)[number];

/** A payload taken apart; the buffers share its memory. */
export interface KafkaRecord {
  readonly uid: Buffer;
  /** Empty: it is not sent again by a person. */
  readonly replayId: Buffer;
  /** Undefined: the record has none. */
  readonly key: Buffer | undefined;
  readonly value: Buffer;
  /** When it happened, epoch milliseconds; for what is undated when it was seen. */
  readonly timeMs: number;
}

const timeDigits = 15;
const lengthDigits = 8;

/**
 * Writes an event with what its record needs beside the value in front of it: a payload is all that an output
 * has of an event.
 */
export function recordEncoder(format: Format, key: RecordKey): Format {
  const head = key === "actor" ? headWithActor : headAlone;
  return (event, into) => {
    into.part(head, event);
    format(event, into);
  };
}

/** What the encoder wrote, for a record with this kind of key. */
export function recordOf(payload: Buffer, key: RecordKey): KafkaRecord {
  let at = timeDigits;
  const next = () => {
    const length = number(payload, at, lengthDigits);
    const from = at + lengthDigits;
    at = from + length;
    return payload.subarray(from, at);
  };
  const [uid, replayId, actor] = [next(), next(), next()];
  // Who has no actor goes by the uid, so that such events are not all in one partition.
  const keyed = key === "actor" && actor.length > 0 ? actor : uid;
  return {
    uid,
    replayId,
    key: key === "none" ? undefined : keyed,
    value: payload.subarray(at),
    timeMs: number(payload, 0, timeDigits),
  };
}

const headAlone: Part<AuditEvent> = (into, event) => {
  into.digits(msOfInstant(event.time ?? event.observed), timeDigits);
  into.digits(event.uid.length, lengthDigits);
  into.text(event.uid);
  const { replayId = "" } = event;
  into.digits(replayId.length, lengthDigits);
  into.text(replayId);
  into.digits(0, lengthDigits);
  return true;
};

const headWithActor: Part<AuditEvent> = (into, event) => {
  headAlone(into, event);
  const from = into.size;
  if (has(event, place.actor_user_id)) writeText(into, event, place.actor_user_id);
  else if (has(event, place.actor_email)) writeText(into, event, place.actor_email);
  const length = String(into.size - from).padStart(lengthDigits, "0");
  into.bytes.write(length, from - lengthDigits, "latin1");
  return true;
};

function number(bytes: Buffer, from: number, digits: number): number {
  let value = 0;
  for (let at = from; at < from + digits; at += 1) value = value * 10 + (bytes[at] as number) - 0x30;
  return value;
}
