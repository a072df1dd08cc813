import type { AnyValueMap, SeverityNumber } from "@opentelemetry/api-logs";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Agent } from "../agent.ts";
import { actionSpec } from "../event/actions.ts";
import { messageOf, otlpSeverity } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { type Origin, oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { unixNanos } from "../time/clock.ts";
import { forEachAttribute } from "./otlp-attributes.ts";
import { otlpValue, otlpValueText } from "./otlp-value.ts";

const schemaUrl = "https://opentelemetry.io/schemas/1.44.0";

type Scope = ReadableLogRecord["instrumentationScope"];
const scopes = new WeakMap<Agent, Scope>();

/**
 * The W&B server: the resource that the records tell about. One object per origin, as the serializers group
 * by identity.
 */
export const resourceOf: (origin: Origin) => Resource = oncePerOrigin(({ instance, source }) =>
  resourceFromAttributes(
    { "service.name": "wandb", "service.instance.id": instance, "wandb.source.id": source },
    { schemaUrl },
  ),
);

/** This program: what the records passed through. One object per agent. */
export function scopeOf(agent: Agent): Scope {
  let scope = scopes.get(agent);
  if (scope === undefined) {
    scope = { name: agent.name, version: agent.version, schemaUrl };
    scopes.set(agent, scope);
  }
  return scope;
}

/**
 * For the OpenTelemetry serializers. They have no absent time: an undated record has the time 0, which OTLP
 * defines as unknown.
 */
export function otlpRecord(event: AuditEvent, agent: Agent): ReadableLogRecord {
  const severity = severityIn(event);
  return {
    hrTime: event.time === undefined ? [0, 0] : [event.time.seconds, event.time.nanos],
    hrTimeObserved: [event.observed.seconds, event.observed.nanos],
    severityNumber: severity.number as SeverityNumber,
    severityText: severity.text,
    eventName: actionSpec(event.action).eventName,
    body: bodyOf(event).toWellFormed(),
    resource: resourceOf(event.origin),
    instrumentationScope: scopeOf(agent),
    attributes: attributesOf(event),
    droppedAttributesCount: 0,
  };
}

/** The OTLP/JSON LogRecord (64-bit integers are texts, enumerations numbers). */
export function otlpJson(event: AuditEvent): string {
  const severity = severityIn(event);
  let attributes = "";
  const add = (name: string, value: string) => {
    attributes += `${attributes === "" ? "" : ","}{"key":"${name}","value":${value}}`;
  };
  forEachAttribute(event, {
    text: (name, value) => add(name, `{"stringValue":${quote(value)}}`),
    integer: (name, value) => add(name, `{"intValue":"${value}"}`),
    json: (name, json) => add(name, otlpValueText(json)),
  });
  return (
    `{"observedTimeUnixNano":"${unixNanos(event.observed)}"` +
    `,"severityNumber":${severity.number},"severityText":"${severity.text}"` +
    `,"eventName":${quote(actionSpec(event.action).eventName)}` +
    `,"body":{"stringValue":${quote(bodyOf(event))}},"attributes":[${attributes}]` +
    (event.time === undefined ? "}" : `,"timeUnixNano":"${unixNanos(event.time)}"}`)
  );
}

function attributesOf(event: AuditEvent): AnyValueMap {
  const attributes: AnyValueMap = {};
  forEachAttribute(event, {
    text: (name, value) => {
      attributes[name] = value.toWellFormed();
    },
    integer: (name, value) => {
      attributes[name] = value;
    },
    json: (name, json) => {
      attributes[name] = otlpValue(json);
    },
  });
  return attributes;
}

/** The message; of a record that could not be decoded its text. */
function bodyOf(event: AuditEvent): string {
  return event.fault === undefined ? messageOf(event, actionSpec(event.action)) : event.raw;
}

function severityIn(event: AuditEvent): { readonly number: number; readonly text: string } {
  return otlpSeverity(event, actionSpec(event.action));
}
