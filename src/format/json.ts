import { actionSpec } from "../event/actions.ts";
import { outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { withoutWideNumbers } from "../text/json-text.ts";
import { constant, type Writer } from "../text/writer.ts";
import { isoTime } from "./iso-time.ts";
import {
  jsonMembers,
  listMember,
  memberName,
  object,
  textMember,
  writeKnownMembers,
  writeTextMember,
} from "./json-members.ts";
import { writeMessage } from "./message.ts";

const timeText = isoTime(9);
const observedText = isoTime(9);
const start = constant('{"uid":');
const names = { source: memberName("source"), instance: memberName("instance") };
const messageStart = constant(',"message":"');

/**
 * The normalised record, flat: what the forwarder knows about it, then the known keys under W&B's own names,
 * then `unmapped`.
 */
export function json(event: AuditEvent, into: Writer): void {
  const { origin, time } = event;
  const spec = actionSpec(event.action);
  into.constant(start);
  into.quoted(event.uid);
  if (time !== undefined) into.text(`,"time":"${timeText(time)}"`);
  into.text(`,"observed":"${observedText(event.observed)}"`);
  writeTextMember(into, names.source, origin.source);
  writeTextMember(into, names.instance, origin.instance);
  into.text(`,"outcome":"${outcomeOf(event)}","severity":${severityOf(event, spec)}`);
  into.constant(messageStart);
  writeMessage(into, event, spec, "inside");
  into.text(`"${listMember("tags", event.tags)}`);
  if (event.fault !== undefined) into.text(unparseableMembers(event));
  else {
    writeKnownMembers(into, event);
    if (event.unmapped.length > 0) into.text(unmappedMember(event));
  }
  into.text("}");
}

function unmappedMember({ unmapped }: AuditEvent): string {
  return `,"unmapped":${withoutWideNumbers(object(jsonMembers(unmapped)))}`;
}

function unparseableMembers({ fault, raw }: AuditEvent): string {
  return textMember("fault", fault) + textMember("raw", raw);
}
