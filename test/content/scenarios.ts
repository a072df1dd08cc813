import { readFileSync } from "node:fs";
import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { ownPrefix } from "../../src/own/own-fact.ts";
import { ownOrigin } from "../../src/own/own-origin.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";
import { instantOfMs, utcDayOfMs } from "../../src/time/clock.ts";
import { origin } from "../format/arbitrary-event.ts";

interface Line {
  readonly scenario: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly repeat?: { readonly times: number; readonly every: number; readonly step?: readonly string[] };
}

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
  const path = new URL(`../../content/events/${name}/${file}.ndjson`, import.meta.url);
  const found = new Map<string, Happening[]>();
  for (const text of readFileSync(path, "utf8").trim().split("\n")) {
    const line: Line = JSON.parse(text);
    const { times, every, step = [] } = line.repeat ?? { times: 1, every: 0 };
    for (let turn = 0; turn < times; turn++) {
      const at = Date.parse(String(line.record.timestamp)) + turn * every * 1000;
      const stepped = Object.fromEntries(step.map((key) => [key, stepOf(line.record[key], turn)]));
      const timestamp = new Date(at).toISOString().replace(".000Z", "Z");
      const happening = { at, record: { ...line.record, ...stepped, timestamp } };
      found.set(line.scenario, [...(found.get(line.scenario) ?? []), happening]);
    }
  }
  return new Map([...found].map(([key, list]) => [key, list.sort((one, other) => one.at - other.at)]));
}

/** The last number in a value, so much larger. */
function stepOf(value: unknown, by: number): unknown {
  if (typeof value === "number") return value + by;
  return String(value).replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + by));
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
  const from = String(record.action).startsWith(ownPrefix) ? ownOrigin : origin;
  const spooled = { seq: 1, source: from.source, uid, day: utcDayOfMs(at), bytes, late: false };
  const event = decode({ ...spooled, observed: instantOfMs(arrived) }, from);
  return replayId === undefined ? event : Object.assign(event, { replayId });
}
