import type { AnyValue } from "@opentelemetry/api-logs";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Agent } from "../../agent.ts";
import type { AuditEvent } from "../../event/event.ts";
import { otlpRecord } from "../../format/otlp.ts";

/** What a log record is made with. */
export interface RecordOptions {
  /** Send the W&B record itself along. */
  readonly original: boolean;
  readonly agent: Agent;
}

const originalName = "log.record.original";

/** The log record of an event, as this output sends it. Pure; never throws. */
export function recordOf(event: AuditEvent, { original, agent }: RecordOptions): ReadableLogRecord {
  const record = otlpRecord(event, agent);
  if (!original) delete (record.attributes as Record<string, AnyValue>)[originalName];
  return record;
}
