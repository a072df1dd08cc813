import type { AnyValue, AnyValueMap, SeverityNumber } from "@opentelemetry/api-logs";
import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Agent } from "../../src/agent.ts";
import { actionSpec } from "../../src/event/actions.ts";
import { otlpSeverity } from "../../src/event/derive.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { forEachAttribute } from "../../src/format/otlp-attributes.ts";
import { otlpProtobuf } from "../../src/format/otlp-protobuf.ts";
import { protobufRequest } from "../../src/format/otlp-request.ts";
import { otlpValueText } from "../../src/format/otlp-value.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { Writer } from "../../src/text/writer.ts";
import { anyValue, child, children, keyValues, only, readMessage, text } from "./protobuf.ts";

/** The request in protobuf that we write for one event. */
export function ownRequest(event: AuditEvent, agent: Agent): Buffer {
  const into = new Writer();
  otlpProtobuf(true)(event, into);
  return Buffer.concat(protobufRequest(agent, [{ origin: event.origin, records: [into.written()] }]));
}

/** The same by OpenTelemetry's own serializer. */
export function oracleRequest(event: AuditEvent, agent: Agent): Buffer {
  return Buffer.from(ProtobufLogsSerializer.serializeRequest([readable(event, agent)]) ?? []);
}

/** What a collector reads from a request: resource, scope and the only record, as OTLP/JSON. */
export function received(bytes: Uint8Array) {
  const request = readMessage(bytes);
  const resourceLogs = child(request, 1);
  const scopeLogs = child(resourceLogs, 2);
  const [record, ...others] = children(scopeLogs, 2);
  if (record === undefined || others.length > 0) throw new Error("not one record");
  return {
    resource: keyValues(children(child(resourceLogs, 1), 1)),
    schemaUrls: [text(resourceLogs, 3), text(scopeLogs, 3)],
    scope: [text(child(scopeLogs, 1), 1), text(child(scopeLogs, 1), 2)],
    record: {
      observedTimeUnixNano: String(only(record, 11)),
      severityNumber: Number(only(record, 2)),
      severityText: text(record, 3),
      eventName: text(record, 12),
      body: anyValue(child(record, 5)),
      attributes: keyValues(children(record, 6)),
      // Both say that the time is unknown: nothing, and 0.
      timeUnixNano: record.has(1) ? String(only(record, 1)) : "0",
    },
  };
}

const schemaUrl = "https://opentelemetry.io/schemas/1.44.0";

function readable(event: AuditEvent, agent: Agent): ReadableLogRecord {
  const spec = actionSpec(event.action);
  const severity = otlpSeverity(event, spec);
  const { instance, source } = event.origin;
  return {
    hrTime: event.time === undefined ? [0, 0] : [event.time.seconds, event.time.nanos],
    hrTimeObserved: [event.observed.seconds, event.observed.nanos],
    severityNumber: severity.number as SeverityNumber,
    severityText: severity.text,
    eventName: spec.eventName,
    body: bodyOf(event),
    resource: resourceFromAttributes(
      { "service.name": "wandb", "service.instance.id": instance, "wandb.source.id": source },
      { schemaUrl },
    ),
    instrumentationScope: { name: agent.name, version: agent.version, schemaUrl },
    attributes: attributesOf(event),
    droppedAttributesCount: 0,
  };
}

/** The body is compared with OTLP/JSON elsewhere; here it is what our own request says. */
function bodyOf(event: AuditEvent): string {
  const body = received(ownRequest(event, { name: "", version: "" })).record.body as { stringValue: string };
  return body.stringValue;
}

function attributesOf(event: AuditEvent): AnyValueMap {
  const attributes: AnyValueMap = {};
  forEachAttribute(event, {
    fixed: (name, value) => {
      attributes[name] = value.toWellFormed();
    },
    address: (name) => {
      attributes[name] = event.ip as string;
    },
    uid: (name) => {
      attributes[name] = event.uid;
    },
    value: (name, key) => {
      attributes[name] = (event.keys[knownKeys[key] as keyof typeof event.keys] as string).toWellFormed();
    },
    record: (name) => {
      attributes[name] = event.raw.toWellFormed();
    },
    integer: (name, value) => {
      attributes[name] = value;
    },
    json: (name, json) => {
      attributes[name] = fromJson(JSON.parse(otlpValueText(json)));
    },
    fixedJson: (name, json) => {
      attributes[name] = fromJson(JSON.parse(otlpValueText(json)));
    },
  });
  return attributes;
}

/** An AnyValue of OTLP/JSON for the serializer, which knows no integers beyond 2^53: see `narrowed`. */
function fromJson(value: Record<string, unknown>): AnyValue {
  if ("stringValue" in value) return value.stringValue as string;
  if ("boolValue" in value) return value.boolValue as boolean;
  if ("doubleValue" in value) return value.doubleValue as number;
  if ("intValue" in value) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : (value.intValue as string);
  }
  if ("arrayValue" in value)
    return (value.arrayValue as { values: Record<string, unknown>[] }).values.map(fromJson);
  if (!("kvlistValue" in value)) return null;
  const map: AnyValueMap = Object.create(null);
  for (const member of (value.kvlistValue as { values: { key: string; value: Record<string, unknown> }[] })
    .values)
    map[member.key] = fromJson(member.value);
  return map;
}

/** What was received, with integers beyond 2^53 as the texts that OpenTelemetry's serializer makes of them. */
export function narrowed<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(narrowed) as Value;
  if (typeof value !== "object" || value === null) return value;
  if ("intValue" in value && !Number.isSafeInteger(Number(value.intValue)))
    return { stringValue: value.intValue } as Value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, narrowed(each)])) as Value;
}
