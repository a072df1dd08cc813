import { hash } from "node:crypto";
import type { Agent } from "../agent.ts";
import type { ActionSpec } from "../event/action-spec.ts";
import { actionSpec } from "../event/actions.ts";
import type { AsWritten } from "../event/as-written.ts";
import { severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { place } from "../record/known-keys.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { putHexOf } from "../text/digits.ts";
import { quote, withoutWideNumbers } from "../text/json-text.ts";
import { partOf } from "../text/part-of.ts";
import { constant, type Part, type Writer } from "../text/writer.ts";
import { type EcsStream, ecsOriginMembers, ecsTraits } from "./ecs-constants.ts";
import { writeSubjects } from "./ecs-subjects.ts";
import type { Format } from "./format.ts";
import { isoTimeWriter } from "./iso-time.ts";
import {
  beginObject,
  endObject,
  jsonMembers,
  memberName,
  object,
  textMember,
  writeAddressMember,
  writeKnownMembers,
  writeValueMember,
} from "./json-members.ts";
import { labelMembers, labelsPiece } from "./labels.ts";
import { writeMessage } from "./message.ts";
import { productOf } from "./product.ts";
import { quotedRecord } from "./quoted-record.ts";
import { seenAgent } from "./seen-agent.ts";
import { shownTags } from "./shown-tags.ts";
import { has, writeEnclosed, writeUid } from "./values.ts";

const ecsVersion = "9.4.0";
const start = constant('{"@timestamp":"');
const afterStart = constant(`","ecs":{"version":"${ecsVersion}"},`);
/** Without the last tag Elastic's own pipelines delete `event.original`. */
const tagsStart = constant(',"tags":["wandb-audit","forwarded","preserve_original_event"');
const tagsEnd = constant("]}");
/** Of a SHA-256. */
const hashDigits = 64;
const writeTime = isoTimeWriter(3);
const writeCreated = isoTimeWriter(3);

const names = {
  message: constant('"message":"'),
  kind: constant('","event":{"kind":"event",'),
  action: constant(',"action":'),
  closed: constant("}"),
  ip: memberName("ip"),
  address: memberName("address"),
  source: memberName("source"),
  file: memberName("file"),
  path: memberName("path"),
  error: memberName("error"),
  errorMessage: memberName("message"),
  agent: memberName("user_agent"),
  agentVersion: constant(',"name":"wandb-python","version":"'),
  wandb: constant(',"wandb":{"audit":'),
  id: constant(',"id":"'),
  created: constant(',"created":"'),
  original: constant(',"original":"'),
  hash: constant('","hash":"'),
} as const;

/**
 * Elastic Common Schema. `observer` is the W&B server and `agent` this program: ECS does not count a
 * forwarder as an observer. `event.ingested` is left to the store.
 */
export function ecs(agent: Agent, stream: EcsStream = { namespace: "default" }): Format {
  const constantOf = oncePerOrigin((origin) => constant(ecsOriginMembers(origin, agent, stream)));
  return (event, into) => {
    const originMembers = constantOf(event.origin);
    const spec = actionSpec(event.action);
    if (event.fault === undefined) writeDocument(into, event, spec, originMembers);
    else writePipelineError(into, event, spec, originMembers);
  };
}

function writeDocument(into: Writer, event: AuditEvent, spec: ActionSpec, originMembers: Buffer): void {
  const { code } = event;
  const traits = ecsTraits(event);
  into.constant(start);
  into.part(happened, event);
  into.constant(afterStart);
  into.constant(names.message);
  writeMessage(into, event, spec, "inside");
  into.constant(names.kind);
  into.constant(traits.classification);
  into.constant(names.action);
  into.constant(traits.action);
  writeProvenance(into, event, severityOf(event, spec));
  into.constant(traits.reason);
  into.constant(names.closed);
  into.constant(originMembers);
  writeSubjects(into, event, traits);
  writeSource(into, event);
  if (code !== undefined) into.fixed(`,"http":{"response":{"status_code":${code}}}`);
  writeAgent(into, event);
  const file = beginObject(into, names.file);
  writeValueMember(into, names.path, event, place.artifact_qualified_name);
  endObject(into, file, names.file);
  const error = beginObject(into, names.error);
  writeValueMember(into, names.errorMessage, event, place.audit_log_error);
  endObject(into, error, names.error);
  writeAudit(into, event);
  writeTags(into, event);
}

/** A record that is no JSON object: kept whole, without a claim about what happened. */
function writePipelineError(into: Writer, event: AuditEvent, spec: ActionSpec, originMembers: Buffer): void {
  into.constant(start);
  writeTime(into, event.observed);
  into.constant(afterStart);
  into.constant(names.message);
  const from = into.size;
  writeMessage(into, event, spec, "inside");
  const message = into.toText(from);
  into.text('","event":{"kind":"pipeline_error"');
  writeProvenance(into, event, severityOf(event, spec));
  into.constant(names.closed);
  into.constant(originMembers);
  into.text(`,"error":{"message":"${message}"${textMember("type", event.fault)}}`);
  writeTags(into, event);
}

/**
 * Every known key as W&B wrote it, and the rest under `unmapped`: the record can be told from the document.
 */
function writeAudit(into: Writer, event: AuditEvent): void {
  into.constant(names.wandb);
  const audit = into.size;
  writeKnownMembers(into, event);
  if (event.unmapped.length > 0) {
    into.text(`,"${productOf(event.origin).rest}":`);
    into.text(withoutWideNumbers(object(jsonMembers(event.unmapped))));
  }
  if (into.size === audit) into.byte(openBrace);
  else into.bytes[audit] = openBrace;
  into.fixed("}}");
}

const openBrace = 0x7b;
const quotation = 0x22;

/** The rest of `event`: which event, from where, how grave, and its text. */
function writeProvenance(into: Writer, event: AuditEvent, severity: number): void {
  into.constant(names.id);
  writeUid(into, event);
  const { module, dataset, service } = productOf(event.origin);
  into.fixed(`","module":"${module}","dataset":"${dataset}","provider":"${service}","severity":${severity}`);
  into.constant(names.created);
  into.part(created, event);
  into.byte(quotation);
  writeOriginal(into, event);
}

const happened = partOf<AuditEvent>("time", (into, { time, observed }) => {
  writeTime(into, time ?? observed);
  return true;
});

const created = partOf<AuditEvent>("observed", (into, { observed }) => {
  writeCreated(into, observed);
  return true;
});

/** The record, and its SHA-256. */
function writeOriginal(into: Writer, event: AuditEvent): void {
  if (event.asWritten?.copyable) {
    into.constant(names.original);
    into.part(quotedRecord, event);
    into.constant(names.hash);
    into.part(recordHash, event);
    into.byte(quotation);
  } else {
    const { raw } = event;
    into.text(`${textMember("original", raw)},"hash":"${hash("sha256", raw, "hex")}"`);
  }
}

const recordHash: Part<AuditEvent> = (into, { asWritten }) => {
  const { memory, from, to } = asWritten as AsWritten;
  into.room(hashDigits);
  putHexOf(into.view, into.size, hash("sha256", memory.subarray(from, to), "binary"));
  into.size += hashDigits;
  return true;
};

/** The address as it was sent, and beside it the one that can be searched as an address. */
function writeSource(into: Writer, event: AuditEvent): void {
  const begun = beginObject(into, names.source);
  writeValueMember(into, names.address, event, place.actor_ip);
  writeAddressMember(into, names.ip, event);
  if (event.port !== undefined) into.text(`,"port":${event.port}`);
  endObject(into, begun, names.source);
}

/** Which SDK, as far as that is known; in its own words only where the record has them. */
function writeAgent(into: Writer, event: AuditEvent): void {
  const begun = beginObject(into, names.agent);
  if (has(event, place.cli_version)) writeEnclosed(into, names.agentVersion, event, place.cli_version);
  const seen = seenAgent(event);
  if (seen !== undefined) into.text(textMember("original", seen));
  endObject(into, begun, names.agent);
}

function writeTags(into: Writer, event: AuditEvent): void {
  const { origin, replayId } = event;
  if (replayId === undefined) into.constant(labelsPiece(origin));
  else into.text(`,"labels":{"replay_id":"${replayId}"${labelMembers(origin.labels)}}`);
  into.constant(tagsStart);
  for (const tag of shownTags(event)) into.fixed(`,${quote(tag)}`);
  into.constant(tagsEnd);
}
