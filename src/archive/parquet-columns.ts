import type { SchemaElement } from "hyparquet";
import { actionSpec } from "../event/actions.ts";
import { outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { knownKeys } from "../record/known-keys.ts";
import type { Instant } from "../time/clock.ts";
import type { ArchiveLine } from "./line.ts";
import { eventOfLine } from "./line-event.ts";

type Value = string | number | bigint | Date | undefined;
/** What stands in the columns of one record, by their names. */
export type ArchiveRow = Readonly<Record<string, Value>>;

/** A column, and what of a record stands in it. */
interface Column {
  readonly element: SchemaElement;
  readonly value: (line: ArchiveLine, event: AuditEvent) => Value;
}

/** Microseconds since 1970-01-01 UTC. */
const utcMicros = {
  type: "INT64",
  converted_type: "TIMESTAMP_MICROS",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
} as const;
const text = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } } as const;
const day = { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } } as const;

const required = { repetition_type: "REQUIRED" } as const;
const optional = { repetition_type: "OPTIONAL" } as const;

/** Keys with a column of another type, or under another name. */
const ownColumn: ReadonlySet<string> = new Set(["timestamp", "action", "response_code"]);

/** Every column in its order. W&B's keys stand under their names, as it wrote them. */
export const parquetColumns: readonly Column[] = [
  { element: { name: "uid", ...text, ...required }, value: ({ uid }) => uid },
  {
    element: { name: "event_time", ...utcMicros, ...optional },
    value: (_, { time }) => time && micros(time),
  },
  { element: { name: "date", ...day, ...required }, value: ({ date }) => new Date(`${date}T00:00:00Z`) },
  {
    element: { name: "first_seen", ...utcMicros, ...required },
    value: (_, { observed }) => micros(observed),
  },
  {
    element: { name: "first_seen_nanos", type: "INT32", ...required },
    value: (_, { observed }) => observed.nanos % 1000,
  },
  { element: { name: "source", ...text, ...required }, value: ({ source }) => source },
  { element: { name: "instance", ...text, ...required }, value: ({ instance }) => instance },
  { element: { name: "action", ...text, ...required }, value: (_, { action }) => action },
  { element: { name: "outcome", ...text, ...required }, value: (_, event) => outcomeOf(event) },
  {
    element: { name: "severity", type: "INT32", ...required },
    value: (_, event) => severityOf(event, actionSpec(event.action)),
  },
  { element: { name: "response_code", type: "INT32", ...optional }, value: (_, { code }) => code },
  ...knownKeys
    .filter((key) => !ownColumn.has(key))
    .map(
      (key): Column => ({ element: { name: key, ...text, ...optional }, value: (_, { keys }) => keys[key] }),
    ),
  { element: { name: "source_address", ...text, ...optional }, value: (_, { ip }) => ip },
  { element: { name: "fault", ...text, ...optional }, value: ({ fault }) => fault },
  { element: { name: "replay_id", ...text, ...optional }, value: ({ replayId }) => replayId },
  {
    element: { name: "labels", ...text, ...optional },
    value: ({ labels }) => labels && JSON.stringify(labels),
  },
  {
    element: { name: "record", ...text, ...optional },
    value: ({ record, isText }) => (isText ? record.toString("utf8") : undefined),
  },
  {
    element: { name: "record_base64", ...text, ...optional },
    value: ({ record, isText }) => (isText ? undefined : record.toString("base64")),
  },
];

/** What a line says in each column. */
export function rowOf(line: ArchiveLine): ArchiveRow {
  const event = eventOfLine(line);
  return Object.fromEntries(parquetColumns.map(({ element, value }) => [element.name, value(line, event)]));
}

function micros({ seconds, nanos }: Instant): bigint {
  return BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1000));
}
