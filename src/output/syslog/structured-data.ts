import { outcomeOf } from "../../event/derive.ts";
import type { AuditEvent } from "../../event/event.ts";
import { additional } from "../../format/additional.ts";
import type { Format } from "../../format/format.ts";
import { jsonMembers, object } from "../../format/json-members.ts";
import { productOf } from "../../format/product.ts";
import { has, textOf, writeUid } from "../../format/values.ts";
import { documentedKeys, place } from "../../record/known-keys.ts";
import { oncePerOrigin } from "../../record/origin.ts";
import { anyOf, notOnTheWire, runsOf } from "../../text/hostile.ts";
import { constant, type Part, type Writer } from "../../text/writer.ts";

/** The documentation number (RFC 5612): operators should set their own. */
export const documentationPen = 32473;

const quotation = 0x22;
const backslash = 0x5c;
const closeBracket = 0x5d;

/**
 * The structured data of a syslog message with a JSON payload (RFC 5424 §6.3): one element with the uid, the
 * outcome, the documented keys, and everything else as JSON in `unmapped`. The time stands in the header.
 */
export function structuredData(pen: number): Format {
  const start = constant(`[wandb@${pen} uid="`);
  return (event, into) => {
    into.constant(start);
    writeUid(into, event);
    into.fixed(`" outcome="${outcomeOf(event)}"`);
    into.constant(labelParameters(event.origin));
    if (event.replayId !== undefined) into.text(` replay_id="${event.replayId}"`);
    if (event.fault !== undefined) into.text(` fault="${parameter(event.fault)}"`);
    else writeParameters(into, event);
    into.byte(closeBracket);
  };
}

const labelParameters = oncePerOrigin(({ labels = [] }) =>
  constant(labels.map(([name, value]) => ` ${name}="${parameter(value)}"`).join("")),
);

function writeParameters(into: Writer, event: AuditEvent): void {
  for (const { key, before, value } of parameters) {
    if (key === place.response_code) {
      if (event.code !== undefined) into.fixed(` response_code="${event.code}"`);
    } else if (has(event, key)) {
      into.constant(before);
      into.part(value, event);
      into.byte(quotation);
    }
  }
  const rest = additional(event);
  if (rest.length > 0)
    into.text(` ${productOf(event.origin).rest}="${parameter(object(jsonMembers(rest)))}"`);
}

const parameters = documentedKeys
  .filter((name) => name !== "timestamp")
  .map((name) => ({
    key: place[name],
    before: constant(` ${name}="`),
    value: writesValue(place[name]),
  }));

/** Writes the value of a key that has one. */
function writesValue(key: number): Part<AuditEvent> {
  return (into, event) => {
    const { asWritten } = event;
    if (!asWritten?.isCopyable(key)) into.text(parameter(textOf(event, key)));
    else copyParameter(into, asWritten.memory, asWritten.start(key), asWritten.end(key));
    return true;
  };
}

/** What is written as it stands holds neither quotation mark nor backslash. */
function copyParameter(into: Writer, record: Buffer, start: number, end: number): void {
  into.room(2 * (end - start));
  const { bytes } = into;
  let { size } = into;
  for (let at = start; at < end; at += 1) {
    const byte = record[at] as number;
    if (byte === closeBracket) bytes[size++] = backslash;
    bytes[size++] = byte;
  }
  into.size = size;
}

const special = anyOf(notOnTheWire, { also: '"\\\\\\]' });
const hostile = runsOf(notOnTheWire);

/**
 * PARAM-VALUE: `"`, `\` and `]` get a backslash (§6.3.3); what breaks lines or deceives readers becomes a
 * space.
 */
function parameter(value: string): string {
  if (!special.test(value)) return value;
  const shown = value.replace(hostile, (run) => " ".repeat(run.length));
  // One sign after the other takes half as long as a pattern of all of them.
  return shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("]", "\\]");
}
