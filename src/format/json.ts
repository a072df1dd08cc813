import { actionSpec } from "../event/actions.ts";
import { outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { withoutWideNumbers } from "../text/json-text.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Writer } from "../text/writer.ts";
import { isoTimeWriter } from "./iso-time.ts";
import {
  jsonMembers,
  listMember,
  memberName,
  object,
  textMember,
  writeKnownMembers,
  writeTextMember,
} from "./json-members.ts";
import { labelsPiece } from "./labels.ts";
import { writeMessage } from "./message.ts";
import { productOf } from "./product.ts";
import { shownTags } from "./shown-tags.ts";
import { writeUid } from "./values.ts";

const writeTime = isoTimeWriter(9);
const writeObserved = isoTimeWriter(9);
const timePiece = partOf<AuditEvent>("time", (into, { time }) => {
  if (time !== undefined) writeTime(into, time);
  return time !== undefined;
});
const observedPiece = partOf<AuditEvent>("observed", (into, { observed }) => {
  writeObserved(into, observed);
  return true;
});
const start = constant('{"uid":"');
const names = {
  time: constant('","time":"'),
  observed: constant('","observed":"'),
  closed: constant('"'),
  source: memberName("source"),
  instance: memberName("instance"),
};
const messageStart = constant(',"message":"');

/**
 * The normalised record, flat: what the forwarder knows about it, then the known keys under W&B's own names,
 * then `unmapped`.
 */
export function json(event: AuditEvent, into: Writer): void {
  const { origin, time } = event;
  const spec = actionSpec(event.action);
  into.constant(start);
  writeUid(into, event);
  if (time !== undefined) {
    into.constant(names.time);
    into.part(timePiece, event);
  }
  into.constant(names.observed);
  into.part(observedPiece, event);
  into.constant(names.closed);
  writeTextMember(into, names.source, origin.source);
  writeTextMember(into, names.instance, origin.instance);
  into.constant(labelsPiece(origin));
  into.fixed(`,"outcome":"${outcomeOf(event)}","severity":${severityOf(event, spec)}`);
  into.constant(messageStart);
  writeMessage(into, event, spec, "inside");
  into.fixed(`"${listMember("tags", shownTags(event))}`);
  if (event.replayId !== undefined) into.text(textMember("replay_id", event.replayId));
  if (event.fault !== undefined) into.text(unparseableMembers(event));
  else {
    writeKnownMembers(into, event);
    if (event.unmapped.length > 0) into.text(unmappedMember(event));
  }
  into.fixed("}");
}

function unmappedMember({ origin, unmapped }: AuditEvent): string {
  return `,"${productOf(origin).rest}":${withoutWideNumbers(object(jsonMembers(unmapped)))}`;
}

function unparseableMembers({ fault, raw }: AuditEvent): string {
  return textMember("fault", fault) + textMember("raw", raw);
}
