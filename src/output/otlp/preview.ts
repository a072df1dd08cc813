import type { Agent } from "../../agent.ts";
import type { AuditEvent } from "../../event/event.ts";
import { jsonRequest } from "../../format/otlp-request.ts";
import { printable } from "../../text/printable.ts";
import { Writer } from "../../text/writer.ts";
import { jsonRecord } from "./record.ts";

/** The request that carries one record alone, as `protocol: http/json` sends it. */
export function otlpPreview(original: boolean, agent: Agent): (event: AuditEvent) => string {
  const encode = jsonRecord(original);
  return (event) => {
    const into = new Writer();
    encode(event, into);
    const request = jsonRequest(agent, [{ origin: event.origin, records: [into.written()] }]);
    return printable(Buffer.concat(request).toString("utf8"));
  };
}
