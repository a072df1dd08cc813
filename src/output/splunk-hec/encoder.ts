import type { Agent } from "../../agent.ts";
import type { AuditEvent } from "../../event/event.ts";
import { type FormatName, formats } from "../../format/all.ts";
import { quote } from "../../text/json-text.ts";
import { hecEnvelope, hecFields } from "./envelope.ts";

/** What an event's envelope is made with. */
export interface HecContent {
  readonly index: string | undefined;
  readonly sourcetype: string;
  /** By default the base URL of the W&B server. */
  readonly source: string | undefined;
  /** By default the W&B instance. */
  readonly host: string | undefined;
  readonly format: FormatName;
  readonly agent: Agent;
}

/** Makes an event's envelope. Pure; never throws. */
export function hecEncoder(options: HecContent): (event: AuditEvent) => string {
  const { index, sourcetype, source, host } = options;
  const format = formats[options.format](options.agent);
  // CEF is a line of text, the other formats are JSON already.
  const body = options.format === "cef" ? (event: AuditEvent) => quote(format(event)) : format;
  return (event) =>
    hecEnvelope({
      event: body(event),
      time: event.time ?? event.observed,
      host: host ?? event.origin.instance,
      source: source ?? event.origin.baseUrl,
      sourcetype,
      index,
      fields: hecFields(event),
    });
}
