import { carriedBy } from "../../src/carried.ts";
import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { testAction } from "../../src/event/own-actions.ts";
import { ownPrefix } from "../../src/own/own-fact.ts";
import { ownOrigin } from "../../src/own/own-origin.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import { attackEvents } from "../../src/simulate/attack.ts";
import { instantOfMs, utcDayOfMs } from "../../src/time/clock.ts";
import { origin } from "../format/arbitrary-event.ts";

const { content } = carriedBy(new URL("../../src/main.ts", import.meta.url).href);

/** A record of a scenario, and when it happened. */
export interface Happening {
  readonly at: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The scenarios of a file of events, repetitions written out, in the order of their times. */
export function scenarios(
  name: string,
  file: "hits" | "near-misses",
): ReadonlyMap<string, readonly Happening[]> {
  const found = new Map<string, Happening[]>();
  for (const { scenario, record } of attackEvents(content, name, file)) {
    const happening = { at: Date.parse(String(record.timestamp)), record };
    found.set(scenario, [...(found.get(scenario) ?? []), happening]);
  }
  return new Map([...found].map(([key, list]) => [key, list.sort((one, other) => one.at - other.at)]));
}

/** The record as the daemon hands it to a format. */
export function eventOf(
  { record, at }: Happening,
  uid: string,
  arrived: number,
  replayId?: string,
): AuditEvent {
  const bytes = Buffer.from(JSON.stringify(record));
  if (parseEntry(bytes) === undefined) throw new Error(`no record: ${bytes}`);
  // A test event is as if it were of a source's.
  const isOwn = String(record.action).startsWith(ownPrefix) && record.action !== testAction;
  const from = isOwn ? ownOrigin : origin;
  const spooled = { seq: 1, source: from.source, uid, day: utcDayOfMs(at), bytes, late: false };
  const event = decode({ ...spooled, observed: instantOfMs(arrived) }, from);
  return replayId === undefined ? event : Object.assign(event, { replayId });
}
