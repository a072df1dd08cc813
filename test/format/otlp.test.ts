import { JsonLogsSerializer, ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { otlpJson, otlpRecord, resourceOf, scopeOf } from "../../src/format/otlp.ts";
import { agent, events, eventWith, faulty, origin, undated } from "./arbitrary-event.ts";
import { anyValue, child, children, keyValues, only, readMessage, text } from "./protobuf.ts";
import { eventOf, vectors } from "./vectors.ts";

type Attribute = { key: string; value: Record<string, unknown> };
const recordOf = (event: AuditEvent) => JSON.parse(otlpJson(event));
const attributesOf = (event: AuditEvent) =>
  new Map<string, unknown>(recordOf(event).attributes.map(({ key, value }: Attribute) => [key, value]));
const unmappedOf = (json: string) =>
  (
    attributesOf(eventWith({ unmapped: [["k", json]] })).get("wandb.audit.unmapped") as {
      kvlistValue: { values: Attribute[] };
    }
  ).kvlistValue.values[0]?.value;

/** What a collector reads from the protobuf request: resource, scope and the only record, as OTLP/JSON. */
function received(event: AuditEvent) {
  const request = readMessage(
    ProtobufLogsSerializer.serializeRequest([otlpRecord(event, agent)]) as Uint8Array,
  );
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
      timeUnixNano: String(only(record, 1)),
    },
  };
}

describe("otlpJson", () => {
  it("has sorted attributes with unique keys, whatever an event holds", () => {
    fc.assert(
      fc.property(events, (event) => {
        const keys = recordOf(event).attributes.map(({ key }: Attribute) => key);
        expect(keys).toEqual([...new Set(keys)].sort());
      }),
      { numRuns: 200 },
    );
  });

  it("writes 64-bit integers as text, exact to the last digit", () => {
    expect(unmappedOf("9007199254740993")).toEqual({ intValue: "9007199254740993" });
    expect(unmappedOf("-9223372036854775808")).toEqual({ intValue: "-9223372036854775808" });
    expect(unmappedOf("9223372036854775808")).toEqual({ stringValue: "9223372036854775808" });
    expect(unmappedOf("1e400")).toEqual({ stringValue: "1e400" });
    expect(unmappedOf("1e300")).toEqual({ stringValue: "1e300" });
    expect(unmappedOf("-0")).toEqual({ intValue: "0" });
    expect(unmappedOf("200.0")).toEqual({ intValue: "200" });
    expect(unmappedOf("0.5")).toEqual({ doubleValue: 0.5 });
  });

  it("carries every other kind of JSON", () => {
    expect(unmappedOf("null")).toEqual({});
    expect(unmappedOf("true")).toEqual({ boolValue: true });
    expect(unmappedOf('"a\\u0000b"')).toEqual({ stringValue: "a\0b" });
    expect(unmappedOf("[ ]")).toEqual({ arrayValue: { values: [] } });
    expect(unmappedOf("{ }")).toEqual({ kvlistValue: { values: [] } });
    expect(unmappedOf('{ "__proto__" : [ 1 , null ], "a" : 1, "a" : 2 }')).toEqual({
      kvlistValue: {
        values: [
          { key: "__proto__", value: { arrayValue: { values: [{ intValue: "1" }, {}] } } },
          { key: "a", value: { intValue: "2" } },
        ],
      },
    });
    expect({}).not.toHaveProperty("0");
  });

  it("has an error type only when the request failed", () => {
    expect(attributesOf(eventWith({ code: 403 })).get("error.type")).toEqual({ stringValue: "403" });
    expect(attributesOf(eventWith({ code: 302 })).has("error.type")).toBe(false);
  });

  it("has no time when the record has none", () => {
    expect(recordOf(undated(eventWith()))).not.toHaveProperty("timeUnixNano");
  });

  it("gives the text of a record that cannot be read as the body", () => {
    expect(recordOf(faulty)).toMatchObject({ body: { stringValue: faulty.raw }, severityNumber: 9 });
    expect(attributesOf(faulty).get("wandb.audit.fault")).toEqual({ stringValue: "not_json" });
  });
});

describe("otlpRecord", () => {
  it("tells a collector by protobuf what otlpJson tells it", () => {
    for (const { input, uid } of vectors) {
      const event = eventOf(input, uid);
      const record = recordOf(event);
      expect(received(event).record).toEqual({ ...record, timeUnixNano: record.timeUnixNano ?? "0" });
    }
  });

  it("survives the protobuf serializer, whatever an event holds", () => {
    fc.assert(
      fc.property(events, (event) => {
        const { record } = received(event);
        expect(record.observedTimeUnixNano).toBe(recordOf(event).observedTimeUnixNano);
        expect(record.attributes.length).toBe(recordOf(event).attributes.length);
      }),
      { numRuns: 200 },
    );
  });

  it("passes an integer that the serializer cannot express as text", () => {
    const wide = eventWith({ unmapped: [["k", "9007199254740993"]] });
    const attributes = new Map(
      (received(wide).record.attributes as Attribute[]).map(({ key, value }) => [key, value]),
    );
    expect(attributes.get("wandb.audit.unmapped")).toEqual({
      kvlistValue: { values: [{ key: "k", value: { stringValue: "9007199254740993" } }] },
    });
  });

  it("keeps negative integers and keys such as __proto__ through the serializers", () => {
    const event = eventWith({
      unmapped: [
        ["__proto__", "-4294967296"],
        ["n", "-1"],
      ],
    });
    const values = [
      { key: "__proto__", value: { intValue: "-4294967296" } },
      { key: "n", value: { intValue: "-1" } },
    ];
    expect(received(event).record.attributes).toContainEqual({
      key: "wandb.audit.unmapped",
      value: { kvlistValue: { values } },
    });
    const json = Buffer.from(
      JsonLogsSerializer.serializeRequest([otlpRecord(event, agent)]) as Uint8Array,
    ).toString();
    expect(json).toContain('{"key":"__proto__","value":{"intValue":-4294967296}}');
  });

  it("names the W&B server as the resource and this program as the scope", () => {
    const { resource, scope, schemaUrls } = received(eventWith());
    expect(resource).toEqual([
      { key: "service.name", value: { stringValue: "wandb" } },
      { key: "service.instance.id", value: { stringValue: "mycompany.wandb.io" } },
      { key: "wandb.source.id", value: { stringValue: "prod" } },
    ]);
    expect(scope).toEqual(["wandb-audit-forwarder", "0.0.0"]);
    const url = "https://opentelemetry.io/schemas/1.44.0";
    expect(schemaUrls).toEqual([url, url]);
  });

  it("keeps one resource per origin and one scope per agent, by which the serializers group", () => {
    expect(resourceOf(origin)).toBe(resourceOf(origin));
    expect(scopeOf(agent)).toBe(scopeOf(agent));
    const many = [1, 2, 3].map(() => otlpRecord(eventWith(), agent));
    const request = readMessage(ProtobufLogsSerializer.serializeRequest(many) as Uint8Array);
    expect(children(request, 1)).toHaveLength(1);
    expect(children(child(child(request, 1), 2), 2)).toHaveLength(3);
  });
});
