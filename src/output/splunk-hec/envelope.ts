import { outcomeOf } from "../../event/derive.ts";
import type { AuditEvent } from "../../event/event.ts";
import { textMember } from "../../format/json-members.ts";
import { quote } from "../../text/json-text.ts";
import type { Instant } from "../../time/clock.ts";

/** The envelope around one event. */
export interface HecEnvelope {
  /** JSON text, one line; goes in as it is. */
  readonly event: string;
  readonly time: Instant;
  readonly host: string;
  readonly source: string;
  readonly sourcetype: string;
  /** Absent: the token's default index. */
  readonly index?: string | undefined;
  /** Indexed fields. Flat texts only: anything nested makes Splunk refuse the event (code 15). */
  readonly fields: Readonly<Record<string, string>>;
}

/** One event as Splunk's HTTP Event Collector takes it on `/services/collector/event`. */
export function hecEnvelope(envelope: HecEnvelope): string {
  let fields = "";
  for (const name in envelope.fields) {
    const value = envelope.fields[name] as string;
    if (value !== "") fields += `${fields === "" ? "" : ","}${quote(name)}:${quote(value)}`;
  }
  return (
    `{"time":${epochSeconds(envelope.time)}` +
    textMember("host", envelope.host) +
    textMember("source", envelope.source) +
    textMember("sourcetype", envelope.sourcetype) +
    textMember("index", envelope.index) +
    `,"event":${envelope.event},"fields":{${fields}}}`
  );
}

/** What every event is indexed by, whatever its format: `event_uid` finds an event and its resends. */
export function hecFields(event: AuditEvent): Readonly<Record<string, string>> {
  return { event_uid: event.uid, outcome: outcomeOf(event), wandb_action: event.action };
}

/** Seconds with exactly three decimals, from integers: a float would turn .123 into .1229. */
function epochSeconds({ seconds, nanos }: Instant): string {
  return `${seconds}.${String(Math.floor(nanos / 1_000_000)).padStart(3, "0")}`;
}
