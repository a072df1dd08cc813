import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { otlpProtobuf } from "../../src/format/otlp-protobuf.ts";
import { Writer } from "../../src/text/writer.ts";
import { unixNanos } from "../../src/time/clock.ts";
import { agent, events, eventWith, faulty, undated } from "./arbitrary-event.ts";
import { narrowed, oracleRequest, ownRequest, received } from "./otlp-oracle.ts";
import { otlpJson } from "./texts.ts";
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

describe("otlpProtobuf", () => {
  it("tells a collector what otlpJson tells it", () => {
    for (const { input, uid } of vectors) {
      const event = eventOf(input, uid);
      const record = recordOf(event);
      expect(received(ownRequest(event, agent)).record).toEqual({
        ...record,
        timeUnixNano: record.timeUnixNano ?? "0",
      });
    }
  });

  it("tells it what OpenTelemetry's own serializer does, whatever an event holds", () => {
    const agrees = (event: AuditEvent) => {
      expect(narrowed(received(ownRequest(event, agent)))).toEqual(received(oracleRequest(event, agent)));
    };
    for (const { input, uid } of vectors) agrees(eventOf(input, uid));
    fc.assert(fc.property(events, agrees), { numRuns: 300 });
  });

  it("is exact in integers of 64 bits, and passes larger ones as text", () => {
    const numbers = ["9007199254740993", "-9223372036854775808", "9223372036854775808", "-1", "-4294967296"];
    const event = eventWith({ unmapped: numbers.map((digits, at) => [`n${at}`, digits]) });
    const attributes = received(ownRequest(event, agent)).record.attributes as Attribute[];
    expect(attributes.find(({ key }) => key === "wandb.audit.unmapped")?.value).toEqual({
      kvlistValue: {
        values: numbers.map((digits, at) => ({
          key: `n${at}`,
          value: at === 2 ? { stringValue: digits } : { intValue: digits },
        })),
      },
    });
  });

  it("is exact in nanoseconds up to the last that 64 bits hold", () => {
    for (const time of [
      { seconds: 9_223_372_036, nanos: 854_775_807 },
      { seconds: 1_785_589_934, nanos: 999_999_999 },
      { seconds: 0, nanos: 1 },
    ])
      expect(received(ownRequest({ ...eventWith(), time }, agent)).record.timeUnixNano).toBe(unixNanos(time));
  });

  it("leaves the W&B record out where that is wanted", () => {
    const into = new Writer();
    otlpProtobuf(false)(eventWith(), into);
    expect(into.toText()).not.toContain("log.record.original");
  });

  it("names the W&B server as the resource and this program as the scope", () => {
    const { resource, scope, schemaUrls } = received(ownRequest(eventWith(), agent));
    expect(resource).toEqual([
      { key: "service.name", value: { stringValue: "wandb" } },
      { key: "service.instance.id", value: { stringValue: "mycompany.wandb.io" } },
      { key: "wandb.source.id", value: { stringValue: "prod" } },
    ]);
    expect(scope).toEqual(["wandb-audit-forwarder", "0.0.0"]);
    const url = "https://opentelemetry.io/schemas/1.44.0";
    expect(schemaUrls).toEqual([url, url]);
  });
});
