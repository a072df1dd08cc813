import { hash } from "node:crypto";
import type { Agent } from "../agent.ts";
import type { ActionSpec } from "../event/action-spec.ts";
import { actionSpec } from "../event/actions.ts";
import {
  deniedOf,
  ecsCategory,
  ecsType,
  messageOf,
  type Outcome,
  outcomeOf,
  severityOf,
} from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { type Origin, oncePerOrigin } from "../record/origin.ts";
import { quote, withoutWideNumbers } from "../text/json-text.ts";
import type { Format } from "./format.ts";
import { isoTime } from "./iso-time.ts";
import { jsonMembers, knownMembers, listMember, object, objectMember, textMember } from "./json-members.ts";

const ecsVersion = "9.4.0";
const dataset = "wandb.audit";
/** Without the last tag Elastic's own pipelines delete `event.original`. */
const constantTags = '"wandb-audit","forwarded","preserve_original_event"';

const timeText = isoTime(3);
const createdText = isoTime(3);

/**
 * Elastic Common Schema. `observer` is the W&B server and `agent` this program: ECS does not count a
 * forwarder as an observer. `event.ingested` is left to the store.
 */
export function ecs(agent: Agent): Format {
  const constantOf = oncePerOrigin((origin) => originMembers(origin, agent));
  return (event) => {
    const constant = constantOf(event.origin);
    return event.fault === undefined ? documentOf(event, constant) : pipelineError(event, constant);
  };
}

function documentOf(event: AuditEvent, constant: string): string {
  const { keys, code } = event;
  const spec = actionSpec(event.action);
  const outcome = outcomeOf(event);
  const traits = traitsOf(event, spec, outcome);
  const reason = outcome === "failure" ? `,"reason":"HTTP ${code}"` : "";
  return (
    `{"@timestamp":"${timeText(event.time ?? event.observed)}","ecs":{"version":"${ecsVersion}"}` +
    textMember("message", messageOf(event, spec)) +
    `,"event":{"kind":"event",${traits.classification},"action":${quote(event.action)}` +
    provenance(event, severityOf(event, spec)) +
    reason +
    "}" +
    constant +
    subjects(event, traits) +
    objectMember("related", related(event)) +
    objectMember("source", sourceMembers(event)) +
    (code === undefined ? "" : `,"http":{"response":{"status_code":${code}}}`) +
    (keys.cli_version === undefined
      ? ""
      : `,"user_agent":{"name":"wandb-python","version":${quote(keys.cli_version)}}`) +
    objectMember("file", textMember("path", keys.artifact_qualified_name)) +
    objectMember("error", textMember("message", keys.audit_log_error)) +
    `,"wandb":{"audit":${auditObject(event)}}` +
    tags(event)
  );
}

/** A record that is no JSON object: kept whole, without a claim about what happened. */
function pipelineError(event: AuditEvent, constant: string): string {
  const spec = actionSpec(event.action);
  const message = messageOf(event, spec);
  return (
    `{"@timestamp":"${timeText(event.observed)}","ecs":{"version":"${ecsVersion}"}` +
    textMember("message", message) +
    `,"event":{"kind":"pipeline_error"${provenance(event, severityOf(event, spec))}}` +
    constant +
    objectMember("error", textMember("message", message) + textMember("type", event.fault)) +
    tags(event)
  );
}

/**
 * Every known key as W&B wrote it, and the rest under `unmapped`: the record can be told from the document.
 */
function auditObject(event: AuditEvent): string {
  const known = knownMembers(event);
  const unmapped = objectMember("unmapped", withoutWideNumbers(jsonMembers(event.unmapped)));
  return known === "" ? object(unmapped) : `{${known}${unmapped}}`;
}

/** The rest of `event`: which event, from where, how grave, and its text. */
function provenance(event: AuditEvent, severity: number): string {
  return (
    textMember("id", event.uid) +
    `,"module":"wandb","dataset":"${dataset}","provider":"wandb","severity":${severity}` +
    `,"created":"${createdText(event.observed)}"` +
    textMember("original", event.raw) +
    `,"hash":"${hash("sha256", event.raw, "hex")}"`
  );
}

function originMembers(origin: Origin, agent: Agent): string {
  const organization =
    textMember("id", origin.organization?.id) + textMember("name", origin.organization?.name);
  return (
    `,"data_stream":{"type":"logs","dataset":"${dataset}","namespace":"default"}` +
    ',"observer":{"vendor":"Weights & Biases","product":"W&B","type":"application"' +
    textMember("hostname", origin.instance) +
    textMember("name", origin.source) +
    '},"service":{"name":"wandb","type":"wandb"' +
    textMember("address", origin.baseUrl) +
    `},"agent":{"type":${quote(agent.name)}` +
    textMember("version", agent.version) +
    "}" +
    objectMember("organization", organization)
  );
}

/** What only depends on the action and how it ended. */
interface Traits {
  readonly classification: string;
  /** A sign-in has one user: without an actor the affected one takes its place. */
  readonly authentication: boolean;
  /** The entity is the group that the action is about. */
  readonly team: boolean;
  /** The affected user joins or leaves that group. */
  readonly membership: boolean;
}

const knownTraits = new WeakMap<ActionSpec, Map<string, Traits>>();
const membershipEvents: ReadonlySet<string> = new Set([
  "wandb.audit.team.invite_user",
  "wandb.audit.team.uninvite",
  "wandb.audit.team.create_service_account",
]);

function traitsOf(event: AuditEvent, spec: ActionSpec, outcome: Outcome): Traits {
  const ending = deniedOf(event) ? "denied" : outcome;
  let byEnding = knownTraits.get(spec);
  if (byEnding === undefined) {
    byEnding = new Map();
    knownTraits.set(spec, byEnding);
  }
  let traits = byEnding.get(ending);
  if (traits === undefined) {
    const category = ecsCategory(event, spec);
    const lists = listMember("category", category) + listMember("type", ecsType(event, spec));
    traits = {
      classification: `${lists.slice(1)},"outcome":"${outcome}"`,
      authentication: category.includes("authentication"),
      team: spec.eventName.startsWith("wandb.audit.team."),
      membership: membershipEvents.has(spec.eventName),
    };
    byEnding.set(ending, traits);
  }
  return traits;
}

/** `group` and `user`: the actor at the root, the affected user under `target`. */
function subjects(event: AuditEvent, traits: Traits): string {
  const { keys } = event;
  const group = traits.team ? objectMember("group", groupMembers(event)) : "";
  const actor = userMembers(keys.actor_user_id, keys.actor_email);
  const target = userMembers(keys.user_asset, keys.user_email);
  const root = actor === "" && traits.authentication ? target : actor;
  const targetGroup = target !== "" && traits.membership ? group : "";
  return group + objectMember("user", root + objectMember("target", target + targetGroup));
}

function groupMembers(event: AuditEvent): string {
  return textMember("id", event.keys.entity_asset) + textMember("name", event.keys.entity_name);
}

/** W&B's user name in the log is the e-mail address. */
function userMembers(id: string | undefined, email: string | undefined): string {
  if (email === undefined || email === "") return textMember("id", id);
  const text = quote(email);
  return `${textMember("id", id)},"name":${text},"email":${text}`;
}

function related({ keys, ips }: AuditEvent): string {
  const users: string[] = [];
  for (const user of [keys.actor_user_id, keys.actor_email, keys.user_asset, keys.user_email])
    if (user !== undefined && user !== "" && !users.includes(user)) users.push(user);
  const digest = keys.artifact_digest;
  return (
    listMember("user", users) +
    listMember("ip", ips) +
    (digest === undefined || digest === "" ? "" : `,"hash":[${quote(digest)}]`)
  );
}

/** The address as it was sent, and beside it the one that can be searched as an address. */
function sourceMembers({ keys, ip, port }: AuditEvent): string {
  return (
    textMember("address", keys.actor_ip) +
    textMember("ip", ip) +
    (port === undefined ? "" : `,"port":${port}`)
  );
}

function tags(event: AuditEvent): string {
  let anomalies = "";
  for (const tag of event.tags) anomalies += `,${quote(tag)}`;
  return `,"tags":[${constantTags}${anomalies}]}`;
}
