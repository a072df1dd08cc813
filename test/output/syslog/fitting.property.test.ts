import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutTag, omittedKey } from "../../../src/event/cut.ts";
import { decode } from "../../../src/event/decode.ts";
import type { AuditEvent } from "../../../src/event/event.ts";
import { withLabels } from "../../../src/record/origin.ts";
import { labels as labelSchema } from "../../../src/schema/labels.ts";
import { encoded } from "../../fake/payloads.ts";
import { events, origin } from "../../format/arbitrary-event.ts";
import { readCef } from "../../format/cef-reader.ts";
import { ocsfProblems } from "../../format/ocsf-schema.ts";
import { eventOf } from "../../format/vectors.ts";
import { strictJson } from "../../format/well-formed.ts";
import { parameter, parse5424, syslogOutput } from "./subject.ts";

const uid = "0123456789abcdef0123456789abcdef";
const least = { cef: 1024, json: 1024, ecs: 3072, ocsf: 3072 } as const;
const observed = { seconds: 1_785_592_800, nanos: 0 };
type Name = keyof typeof least;

/** Names as long as they may be. */
const host = `${"h".repeat(240)}.example`;
const farAway = { ...origin, source: "s".repeat(63), instance: host, baseUrl: `https://${host}/a/path` };

/** Records that are long in every way: keys by the hundred, values of thousands of characters, long actions. */
const parts = fc.constantFrom(
  "a",
  "é",
  "😀",
  "\\",
  '"',
  "=",
  "|",
  "]",
  "\n",
  " ",
  "x=y ",
  "\u0000",
  "\u2028",
);
const longTexts = fc
  .tuple(parts, parts, fc.nat(3000))
  .map(([one, other, count]) => (one + other).repeat(count));
const wild = fc
  .record({
    event: events,
    more: fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), longTexts, { maxKeys: 12 }),
    action: fc.oneof(fc.constantFrom("run:update", "user:login", "team:delete"), longTexts),
    names: fc.record(
      {
        actor_email: longTexts,
        entity_name: longTexts,
        project_name: longTexts,
        artifact_qualified_name: longTexts,
        audit_log_error: longTexts,
        actor_ip: longTexts,
        timestamp: longTexts,
      },
      { requiredKeys: [] },
    ),
    whole: fc.boolean(),
    text: longTexts,
    replayed: fc.boolean(),
  })
  .map(({ event, more, action, names, whole, text, replayed }): AuditEvent => {
    const known = { timestamp: "2026-08-01T13:12:14Z", response_code: event.code, ...names };
    const line = whole ? JSON.stringify({ ...event.keys, ...more, ...known, action }) : `no JSON ${text}`;
    const made = eventOf(line, uid, replayed ? farAway : event.origin);
    return replayed ? Object.assign(made, { replayId: "20260801120000" }) : made;
  });

/** The message in a frame that counts its octets. */
function messageOf(frame: Buffer): Buffer {
  const at = frame.indexOf(0x20);
  expect(Number(frame.toString("latin1", 0, at))).toBe(frame.length - at - 1);
  return frame.subarray(at + 1);
}

/** Throws where the text is not what its format promises; gives back the uid and whether it says it was cut. */
const readers: Readonly<Record<Name, (text: string, data: string) => { uid: unknown; cut: boolean }>> = {
  cef(text) {
    const { header, extension } = readCef(text);
    expect(header).toHaveLength(6);
    return { uid: extension.get("externalId"), cut: extension.get("cs6")?.includes(omittedKey) === true };
  },
  json(text, data) {
    strictJson(text);
    return { uid: parameter(data, "uid"), cut: text.includes(omittedKey) };
  },
  ecs(text) {
    const document = strictJson(text) as { event: { id: string }; tags: string[] };
    return { uid: document.event.id, cut: document.tags.includes(cutTag) };
  },
  ocsf(text) {
    const document = strictJson(text) as { metadata: { uid: string; is_truncated?: boolean } };
    expect(ocsfProblems(document)).toEqual([]);
    return { uid: document.metadata.uid, cut: document.metadata.is_truncated === true };
  },
};

it("has room in the shortest CEF messages for the longest names and most tags", () => {
  const instance = `${"h".repeat(247)}.example`;
  const far = { ...origin, source: "s".repeat(63), instance, baseUrl: `https://${instance}` };
  const more = Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`k${at}`, at]));
  const line = JSON.stringify({
    ...{ timestamp: "2026-08-01T13:12:14Z", response_code: 403, actor_ip: "1.2.3.4, 5.6.7.8,x", ...more },
    action: "\\".repeat(5_000),
  });
  const event = decode(
    { ...{ seq: 1, source: far.source, uid, day: 0, bytes: Buffer.from(line), late: true }, observed },
    far,
  );
  const again = Object.assign(event, { replayId: "20260801120000" });
  const output = syslogOutput({ address: "tcp://127.0.0.1:514", format: "cef", max_size: least.cef });
  const message = messageOf(encoded(output, again));
  expect(message.length).toBeLessThanOrEqual(least.cef);
  expect(readCef(parse5424(message.toString())?.text ?? "").extension.get("tags")).toBe(
    "wandb_late,wandb_cut",
  );
});

describe.each(Object.keys(least) as Name[])("a %s message of any event at any limit", (format) => {
  const whole = syslogOutput({ address: "tcp://127.0.0.1:514", format, oversized: "whole" });

  it("is no longer than the limit, can be read, has its uid, and says when it was cut and only then", () => {
    fc.assert(
      fc.property(
        wild,
        fc.oneof(fc.constant(least[format]), fc.integer({ min: least[format], max: 12_000 })),
        (event, max_size) => {
          const output = syslogOutput({ address: "tcp://127.0.0.1:514", format, max_size });
          const message = messageOf(encoded(output, event));
          expect(message.length).toBeLessThanOrEqual(max_size);
          const text = message.toString("utf8");
          expect(text).not.toContain("\ufffd\ufffd\ufffd\ufffd");
          expect(Buffer.from(text).equals(message)).toBe(true);
          const parsed = parse5424(text);
          const { uid: read, cut } = readers[format](parsed?.text ?? "", parsed?.structuredData ?? "");
          expect(read).toBe(uid);
          const before = messageOf(encoded(whole, event));
          if (before.length <= max_size) expect(message.equals(before)).toBe(true);
          else expect(cut).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is as full as whole keys let it be", () => {
    const keys = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`key_${at}`, "x".repeat(200)]));
    const event = eventOf(JSON.stringify({ action: "run:update", ...keys }), uid);
    const output = syslogOutput({ address: "tcp://127.0.0.1:514", format, max_size: 6000 });
    const message = messageOf(encoded(output, event));
    // A key stands there up to three times: in the record, in fields and in structured data.
    expect(message.length).toBeGreaterThan(format === "cef" ? 3900 : 6000 - 4 * 230);
  });
});

it("leaves out what W&B does not document before what it does, the largest first, and never the time", () => {
  const record = {
    timestamp: "2026-08-01T13:12:14Z",
    action: "run:update",
    project_name: "p".repeat(900),
    entity_name: "vision",
    small: "s".repeat(100),
    large: "l".repeat(900),
  };
  const output = (max_size: number) =>
    syslogOutput({
      address: "udp://127.0.0.1:514",
      syslog: "rfc3164",
      format: "json",
      max_size,
      allow_loss: true,
    });
  const left = (max_size: number) => {
    const text = encoded(output(max_size), eventOf(JSON.stringify(record), uid)).toString();
    return Object.keys(JSON.parse(text.slice(text.indexOf("{"))));
  };
  expect(left(4000)).toEqual(Object.keys(record));
  expect(left(1500)).toEqual(["timestamp", "action", "project_name", "entity_name", "small", omittedKey]);
  expect(left(1160)).toEqual(["timestamp", "action", "project_name", "entity_name", omittedKey]);
  expect(left(1024)).toEqual(["timestamp", "action", "entity_name", omittedKey]);
});

it("keeps the labels of the output, and the limit", () => {
  const labels = labelSchema.parse({ tenant: "t".repeat(150), environment: "production" });
  const from = withLabels(origin, labels);
  const event = eventOf(JSON.stringify({ action: "run:update", more: "x".repeat(4000) }), uid, from);
  const written = { tenant: "t".repeat(150), environment: "production" };
  const output = syslogOutput({
    address: "tcp://127.0.0.1:514",
    format: "cef",
    max_size: 2000,
    labels: written,
  });
  const message = messageOf(encoded(output, event));
  expect(message.length).toBeLessThanOrEqual(2000);
  expect(message.toString()).toContain(` tenant=${written.tenant}`);
});
