import type { AnyValue, AnyValueMap, SeverityNumber } from "@opentelemetry/api-logs";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Instant } from "../clock.ts";
import { type AuditEvent, documentedKeys, type KnownKey, type Origin, undocumentedKeys } from "../event.ts";
import type { Agent } from "../output/output.ts";
import { actionSpec } from "./actions.ts";
import { messageOf, otlpSeverity, outcomeOf } from "./derive.ts";
import { jsonMembers, object } from "./json-members.ts";
import { quote } from "./json-text.ts";
import { otlpValue, otlpValueText } from "./otlp-value.ts";

const schemaUrl = "https://opentelemetry.io/schemas/1.44.0";
const unmappedName = "wandb.audit.unmapped";

type Scope = ReadableLogRecord["instrumentationScope"];
const resources = new WeakMap<Origin, Resource>();
const scopes = new WeakMap<Agent, Scope>();

/** The W&B server: the resource that the records tell about. One object per origin, as the serializers group by identity. */
export function resourceOf(origin: Origin): Resource {
  let resource = resources.get(origin);
  if (resource === undefined) {
    const attributes = {
      "service.name": "wandb",
      "service.instance.id": origin.instance,
      "wandb.source.id": origin.source,
    };
    resource = resourceFromAttributes(attributes, { schemaUrl });
    resources.set(origin, resource);
  }
  return resource;
}

/** This program: what the records passed through. One object per agent. */
export function scopeOf(agent: Agent): Scope {
  let scope = scopes.get(agent);
  if (scope === undefined) {
    scope = { name: agent.name, version: agent.version, schemaUrl };
    scopes.set(agent, scope);
  }
  return scope;
}

/** For the OpenTelemetry serializers. They have no absent time: an undated record has the time 0, which OTLP defines as unknown. */
export function otlpRecord(event: AuditEvent, agent: Agent): ReadableLogRecord {
  const severity = severityIn(event);
  return {
    hrTime: event.time === undefined ? [0, 0] : [event.time.seconds, event.time.nanos],
    hrTimeObserved: [event.observed.seconds, event.observed.nanos],
    severityNumber: severity.number as SeverityNumber,
    severityText: severity.text,
    eventName: actionSpec(event.action).eventName,
    body: bodyOf(event),
    resource: resourceOf(event.origin),
    instrumentationScope: scopeOf(agent),
    attributes: attributesOf(event),
    droppedAttributesCount: 0,
  };
}

/** The OTLP/JSON LogRecord (64-bit integers are texts, enumerations numbers). */
export function otlp(event: AuditEvent): string {
  const severity = severityIn(event);
  const attributes = attributesOf(event);
  let members = "";
  for (const name in attributes) {
    const value = name === unmappedName ? otlpValueText(unmappedJson(event)) : scalarText(attributes[name]);
    members += `${members === "" ? "" : ","}{"key":"${name}","value":${value}}`;
  }
  return (
    `{"observedTimeUnixNano":"${nanoseconds(event.observed)}"` +
    `,"severityNumber":${severity.number},"severityText":"${severity.text}"` +
    `,"eventName":${quote(actionSpec(event.action).eventName)}` +
    `,"body":{"stringValue":${quote(bodyOf(event))}},"attributes":[${members}]` +
    (event.time === undefined ? "}" : `,"timeUnixNano":"${nanoseconds(event.time)}"}`)
  );
}

/** The message; of a record that could not be decoded its text. */
function bodyOf(event: AuditEvent): string {
  return event.fault === undefined ? messageOf(event, actionSpec(event.action)) : event.raw;
}

function severityIn(event: AuditEvent): { readonly number: number; readonly text: string } {
  return otlpSeverity(event, actionSpec(event.action));
}

const auditNames: readonly (readonly [name: string, key: KnownKey | "outcome" | "unmapped"])[] = [
  ...documentedKeys,
  ...undocumentedKeys,
  "outcome" as const,
  "unmapped" as const,
]
  .sort()
  .map((key) => [`wandb.audit.${key}`, key]);

/** Sorted by name. Semantic conventions where they exist, and every known key under `wandb.audit`. */
function attributesOf(event: AuditEvent): AnyValueMap {
  const { keys, code } = event;
  const outcome = outcomeOf(event);
  const attributes: AnyValueMap = {};
  const put = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== "") attributes[name] = value;
  };
  put("client.address", event.ip);
  put("client.port", event.port);
  if (outcome === "failure") put("error.type", String(code));
  put("http.response.status_code", code);
  put("log.record.original", event.raw);
  put("log.record.uid", event.uid);
  put("server.address", event.origin.instance);
  put("user.email", keys.actor_email);
  put("user.id", keys.actor_user_id);
  put("user.name", keys.actor_email);
  if (keys.cli_version !== undefined) put("user_agent.name", "wandb-python");
  put("user_agent.version", keys.cli_version);
  put("wandb.audit.fault", event.fault);
  for (const [name, key] of auditNames) {
    if (key === "outcome") put(name, outcome);
    else if (key === "response_code") put(name, code);
    else if (key !== "unmapped") put(name, keys[key]);
    else if (event.unmapped.length > 0) attributes[name] = otlpValue(unmappedJson(event));
  }
  return attributes;
}

function unmappedJson(event: AuditEvent): string {
  return object(jsonMembers(event.unmapped));
}

function scalarText(value: AnyValue): string {
  return typeof value === "number" ? `{"intValue":"${value}"}` : `{"stringValue":${quote(String(value))}}`;
}

function nanoseconds({ seconds, nanos }: Instant): string {
  return seconds === 0 ? String(nanos) : seconds + String(nanos).padStart(9, "0");
}
