import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { AuditEvent } from "../../event/event.ts";
import { printable } from "../../text/printable.ts";
import { type RecordOptions, recordOf } from "./record.ts";

/** The request that carries one record alone, as `protocol: http/json` sends it. */
export function otlpPreview(options: RecordOptions): (event: AuditEvent) => string {
  return (event) => {
    const request = JsonLogsSerializer.serializeRequest([recordOf(event, options)]);
    return printable(Buffer.from(request ?? []).toString("utf8"));
  };
}
