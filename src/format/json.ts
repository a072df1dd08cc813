import { actionSpec } from "../event/actions.ts";
import { messageOf, outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { quote, withoutWideNumbers } from "../text/json-text.ts";
import { isoTime } from "./iso-time.ts";
import { jsonMembers, knownMembers, listMember, objectMember, textMember } from "./json-members.ts";

const timeText = isoTime(9);
const observedText = isoTime(9);

/**
 * The normalised record, flat: what the forwarder knows about it, then the known keys under W&B's own names,
 * then `unmapped`.
 */
export function json(event: AuditEvent): string {
  const { origin, time } = event;
  const spec = actionSpec(event.action);
  return (
    `{"uid":${quote(event.uid)}` +
    (time === undefined ? "" : `,"time":"${timeText(time)}"`) +
    `,"observed":"${observedText(event.observed)}"` +
    textMember("source", origin.source) +
    textMember("instance", origin.instance) +
    `,"outcome":"${outcomeOf(event)}","severity":${severityOf(event, spec)}` +
    textMember("message", messageOf(event, spec)) +
    listMember("tags", event.tags) +
    (event.fault === undefined ? recordMembers(event) : unparseableMembers(event)) +
    "}"
  );
}

function recordMembers(event: AuditEvent): string {
  const known = knownMembers(event);
  return (
    (known === "" ? "" : `,${known}`) +
    objectMember("unmapped", withoutWideNumbers(jsonMembers(event.unmapped)))
  );
}

function unparseableMembers({ fault, raw }: AuditEvent): string {
  return textMember("fault", fault) + textMember("raw", raw);
}
