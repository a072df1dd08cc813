import type { Agent } from "../../agent.ts";
import { actionSpec } from "../../event/actions.ts";
import { outcomeOf, severityOf } from "../../event/derive.ts";
import type { AuditEvent } from "../../event/event.ts";
import { memo, smallMemo } from "../../event/memo.ts";
import { type FormatName, formats } from "../../format/all.ts";
import type { Format } from "../../format/format.ts";
import { textMember } from "../../format/json-members.ts";
import { labelMembers } from "../../format/labels.ts";
import { quotedText } from "../../format/quoted-text.ts";
import { writeUid } from "../../format/values.ts";
import { oncePerOrigin } from "../../record/origin.ts";
import { partOf } from "../../text/part-of.ts";
import { constant } from "../../text/writer.ts";

/** What an event's envelope is made with. */
export interface HecContent {
  /** Absent: the token's default index. */
  readonly index: string | undefined;
  readonly sourcetype: string;
  /** By default the base URL of the W&B server. */
  readonly source: string | undefined;
  /** By default the W&B instance. */
  readonly host: string | undefined;
  readonly format: FormatName;
  readonly agent: Agent;
}

const start = constant('{"time":');
const fieldsStart = constant(',"fields":{"event_uid":"');

/**
 * Makes an event's envelope, as Splunk's HTTP Event Collector takes it on `/services/collector/event`. What
 * every event is indexed by, whatever its format, are flat texts: anything nested makes Splunk refuse the
 * event (code 15). `event_uid` finds an event and its resends.
 */
export function hecEncoder(options: HecContent): Format {
  const { index, sourcetype, source, host } = options;
  const format = formats[options.format](options.agent);
  // CEF is a line of text, the other formats are JSON already.
  const write = options.format === "cef" ? quotedText(format) : format;
  const head = oncePerOrigin(({ instance, baseUrl }) =>
    constant(
      textMember("host", host ?? instance) +
        textMember("source", source ?? baseUrl) +
        textMember("sourcetype", sourcetype) +
        textMember("index", index) +
        ',"event":',
    ),
  );
  return (event, into) => {
    into.constant(start);
    into.part(epoch, event);
    into.constant(head(event.origin));
    write(event, into);
    into.constant(fieldsStart);
    writeUid(into, event);
    if (event.replayId !== undefined) into.text(`","replay_id":"${event.replayId}`);
    into.byte(quotation);
    into.constant(labelFields(event.origin));
    into.constant(lastFields(event.action)(event.code));
  };
}

const quotation = 0x22;
const labelFields = oncePerOrigin(({ labels }) => constant(labelMembers(labels)));

/**
 * What else an event is indexed by, and the envelope's end. None of it is called what a format calls
 * something at its top: Splunk would show both values under the one name.
 */
const lastFields = memo((action) =>
  smallMemo((code: number | undefined) =>
    constant(
      textMember("outcome", outcomeOf({ code })) +
        textMember("wandb_action", action) +
        `,"wandb_severity":"${severityOf({ code }, actionSpec(action))}"}}`,
    ),
  ),
);

/** Seconds with exactly three decimals, from integers: a float would turn .123 into .1229. */
const epoch = partOf<AuditEvent>("time", (into, { time, observed }) => {
  const { seconds, nanos } = time ?? observed;
  into.digits(seconds);
  into.byte(point);
  into.digits(Math.floor(nanos / 1_000_000), 3);
  return true;
});

const point = 0x2e;
