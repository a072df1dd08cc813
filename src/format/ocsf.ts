import { actionSpec } from "../event/actions.ts";
import { cutTag } from "../event/cut.ts";
import type { AuditEvent } from "../event/event.ts";
import { place } from "../record/known-keys.ts";
import { type Origin, oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Writer } from "../text/writer.ts";
import { msOfInstant } from "../time/clock.ts";
import { listMember, memberName, textMember, writeValueMember } from "./json-members.ts";
import { writeMessage } from "./message.ts";
import { ocsfHead, ocsfMetadata, ocsfVersion, unreadableHead } from "./ocsf-constants.ts";
import { writeSubjectMembers } from "./ocsf-subjects.ts";
import { writeUnmapped } from "./ocsf-unmapped.ts";
import { quotedRecord } from "./quoted-record.ts";
import { seenAgent } from "./seen-agent.ts";
import { shownTags } from "./shown-tags.ts";
import { has, writeEnclosed, writeUid } from "./values.ts";

const quotation = 0x22;
const closeBrace = 0x7d;
const names = {
  time: constant(',"time":'),
  message: constant(',"message":"'),
  raw: constant(',"raw_data":'),
  agent: constant(',"http_request":{"user_agent":"'),
  sdk: constant(',"http_request":{"user_agent":"wandb-python/'),
  metadata: constant(`","metadata":{"version":"${ocsfVersion}","uid":"`),
  logged: constant(',"logged_time":'),
  truncated: constant(',"is_truncated":true'),
  original: memberName("original_time"),
} as const;

/**
 * Open Cybersecurity Schema Framework. Each event is of the class of its action; what has no attribute there
 * is in `unmapped`, and the record itself in `raw_data`.
 */
export function ocsfEvent(event: AuditEvent, into: Writer): void {
  const { origin, fault } = event;
  const spec = actionSpec(event.action);
  into.constant(fault === undefined ? ocsfHead(event) : unreadableHead);
  into.constant(names.time);
  into.part(happened, event);
  into.constant(names.message);
  writeMessage(into, event, spec, "inside");
  into.constant(names.metadata);
  writeUid(into, event);
  into.constant(ocsfMetadata(origin)(event.action));
  into.constant(names.logged);
  into.part(seen, event);
  writeValueMember(into, names.original, event, place.timestamp);
  writeTags(into, event);
  if (event.tags.includes(cutTag)) into.constant(names.truncated);
  into.byte(closeBrace);
  if (fault !== undefined) into.text(textMember("status_detail", fault));
  else {
    writeAgent(into, event);
    writeSubjectMembers(into, event, spec);
    writeUnmapped(into, event, spec);
  }
  into.constant(names.raw);
  writeOriginal(into, event);
  into.byte(closeBrace);
}

/** In the client's own words, else made of the SDK's version. */
function writeAgent(into: Writer, event: AuditEvent): void {
  const seen = seenAgent(event);
  if (seen !== undefined) {
    into.constant(names.agent);
    into.text(`${quote(seen).slice(1)}}`);
  } else if (has(event, place.cli_version)) {
    writeEnclosed(into, names.sdk, event, place.cli_version);
    into.byte(closeBrace);
  }
}

/** Pairs of names and values are the schema's `tags`; its `labels` are words alone, as our tags are. */
function writeTags(into: Writer, event: AuditEvent): void {
  const { origin, replayId } = event;
  into.fixed(listMember("labels", shownTags(event)));
  if (replayId === undefined) into.constant(labelTags(origin));
  else into.text(tagsOf([["replay_id", replayId], ...(origin.labels ?? [])]));
}

const labelTags = oncePerOrigin(({ labels = [] }: Origin) => constant(tagsOf(labels)));

function tagsOf(pairs: readonly (readonly [name: string, value: string])[]): string {
  if (pairs.length === 0) return "";
  return `,"tags":[${pairs.map(([name, value]) => `{"name":"${name}","value":${quote(value)}}`).join(",")}]`;
}

const happened = partOf<AuditEvent>("time", (into, { time, observed }) => {
  into.digits(msOfInstant(time ?? observed));
  return true;
});

const seen = partOf<AuditEvent>("observed", (into, { observed }) => {
  into.digits(msOfInstant(observed));
  return true;
});

function writeOriginal(into: Writer, event: AuditEvent): void {
  if (event.asWritten?.copyable) {
    into.byte(quotation);
    into.part(quotedRecord, event);
    into.byte(quotation);
  } else into.quoted(event.raw);
}
