import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/event/event.ts";
import { raw } from "../../../src/format/raw.ts";
import {
  eventsHole,
  eventWriter,
  type JsonTemplate,
  piecesOf,
  timeBytes,
  timeOfPayload,
  writeHead,
} from "../../../src/output/http/template.ts";
import { Writer } from "../../../src/text/writer.ts";
import { sampleEvent } from "../../contract/sample-event.ts";

function written(template: JsonTemplate, event: AuditEvent = sampleEvent(1, 'a "name"')): unknown {
  const into = new Writer();
  eventWriter(template, raw)(event, into);
  return JSON.parse(into.toText());
}

describe("a template", () => {
  it("is JSON in which texts that are names are replaced, and nothing else is", () => {
    const event = sampleEvent(1, 'a "name"');
    const record = JSON.parse(event.raw);
    expect(
      written({ a: [1, true, null, "no <event> here"], "<uid>": "<uid>", e: "<event>", t: "<text>" }, event),
    ).toEqual({ a: [1, true, null, "no <event> here"], "<uid>": event.uid, e: record, t: event.raw });
    const { data } = written({ data: "<base64>" }, event) as { data: string };
    expect(Buffer.from(data, "base64").toString()).toBe(event.raw);
  });

  it("has the time in every writing", () => {
    const event = { ...sampleEvent(1), time: { seconds: 1_785_589_935, nanos: 120_000_000 } };
    expect(written(["<time>", "<time_s>", "<time_ms>", "<time_ns>", "<event>"], event)).toEqual([
      "2026-08-01T13:12:15.120000000Z",
      1_785_589_935.12,
      1_785_589_935_120,
      "1785589935120000000",
      JSON.parse(event.raw),
    ]);
  });

  it.each([undefined, { seconds: -1, nanos: 0 }, { seconds: 9e12, nanos: 0 }])(
    "takes when it was seen where %j is no time to write",
    (time) => {
      const event = { ...sampleEvent(1), time } as AuditEvent;
      expect(written(["<time_ms>", "<event>"], event)).toMatchObject([event.observed.seconds * 1000, {}]);
    },
  );

  it("is cut at its holes", () => {
    expect(piecesOf({ a: eventsHole, b: 1 }, [eventsHole])).toEqual(['{"a":', eventsHole, ',"b":1}']);
    expect(piecesOf("nothing", [eventsHole])).toEqual(['"nothing"']);
  });
});

it("keeps the time in front of a payload", () => {
  const into = new Writer();
  const event = { ...sampleEvent(1), time: { seconds: 1_785_589_935, nanos: 120_000_000 } };
  into.part(writeHead, event);
  expect(into.size).toBe(timeBytes);
  expect(timeOfPayload(into.written())).toBe(1_785_589_935_120);
});
