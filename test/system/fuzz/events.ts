import { decode } from "../../../src/event/decode.ts";
import type { AuditEvent } from "../../../src/event/event.ts";
import { filterRule } from "../../../src/event/filter.ts";
import { redactor } from "../../../src/event/redact.ts";
import { type FormatName, formatNames } from "../../../src/format/all.ts";
import { formatted } from "../../../src/format/format.ts";
import { Unfinished } from "../../../src/ingest/allowance.ts";
import { deduplicator } from "../../../src/ingest/deduplicate.ts";
import { ledger } from "../../../src/ingest/ledger.ts";
import { hecEncoder } from "../../../src/output/splunk-hec/encoder.ts";
import { syslogMessage } from "../../../src/output/syslog/message.ts";
import { parseEntry } from "../../../src/record/parse-entry.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { readCef } from "../../format/cef-reader.ts";
import { narrowed, oracleRequest, ownRequest, received } from "../../format/otlp-oracle.ts";
import { textOnly } from "../../format/text-only.ts";
import { formats } from "../../format/texts.ts";
import { parse5424 } from "../../output/syslog/subject.ts";
import { inventEntry, recordSeeds } from "./entries.ts";
import { expectUnpolluted, type Opened, type Target } from "./fuzz.ts";

const agent = { name: "wandb-audit-forwarder", version: "0.0.0" };
const origin = {
  source: "prod",
  instance: "acme.wandb.io",
  baseUrl: "https://acme.wandb.io",
  anonymize: false,
};
const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };
const uid = "0123456789abcdef0123456789abcdef";

function eventOf(bytes: Buffer, anonymize = false): AuditEvent {
  const record = { seq: 1, source: "prod", uid, day: 20_666, bytes, late: false, observed };
  return decode(record, anonymize ? { ...origin, anonymize } : origin);
}

/** Whatever makes a line end or obeys where it is shown: none of it may be in any payload. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function expectHarmless(text: string): void {
  const found = unprintable.exec(text);
  if (found !== null) throw new Error(`U+${found[0].charCodeAt(0).toString(16)} at ${found.index}`);
}

/** From bytes to an event, its identity, its filter and its redaction. */
export const normaliser: Target = {
  name: "normaliser",
  inputs: 20_000,
  slowMs: 1_000,
  seeds: recordSeeds,
  invent: inventEntry,
  open() {
    const rule = filterRule({ actions: ["*:*", "user:*e*t*"], exclude_actions: ["x*"], min_severity: 1 });
    const clean = redactor({
      drop: ["actor_email", "__proto__"],
      pseudonymize: ["actor_ip", "constructor"],
      key: new Secret("a-key-of-the-hash"),
    });
    const known = ledger({ load: () => [] });
    let read = known.read(new Unfinished());
    return {
      run(input) {
        const event = eventOf(input);
        const entry = parseEntry(Buffer.from(event.raw));
        if ((entry === undefined) !== (event.fault !== undefined))
          throw new Error("entry and fault disagree");
        rule(event);
        const redacted = clean(event);
        if (parseEntry(Buffer.from(redacted.raw))?.get("actor_email") !== undefined)
          throw new Error("a dropped key is there");
        eventOf(input, true);
        read.close(true);
        read = known.read(new Unfinished());
        const recognise = deduplicator({ read, instance: origin.instance, stateId: "", watermark: 0 });
        recognise.newRecordOf(
          entry === undefined ? { bytes: input, fault: "not_json" } : { bytes: input, entry },
          20_666,
        );
        read.takeDelta();
        expectUnpolluted();
      },
    };
  },
};

/** One format, and what outputs put around it. */
export function formatTarget(name: FormatName): Target {
  return {
    name: `format-${name}`,
    inputs: 20_000,
    slowMs: 1_000,
    seeds: recordSeeds,
    invent: inventEntry,
    open: () => opened(name),
  };
}

function opened(name: FormatName): Opened {
  const format = formats[name](agent);
  const framed = frames(name);
  return {
    run(input) {
      const event = eventOf(input);
      const text = format(event);
      expectHarmless(text);
      if (text !== format(event)) throw new Error("not the same twice");
      if (text !== format(textOnly(event))) throw new Error("not the same when it cannot be copied");
      if (name === "cef") readCef(text);
      else expectOneObject(text);
      framed(event, text);
      expectUnpolluted();
    },
  };
}

function expectOneObject(text: string): void {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("no object");
}

type Frames = (event: AuditEvent, text: string) => void;

/** What an output makes of it on the wire. */
function frames(name: FormatName): Frames {
  if (name === "otlp") return otlpRequests;
  if (name === "cim" || name === "raw") return hecRequests(name);
  const format = name as "cef" | "ecs" | "json";
  const common = {
    format,
    facility: 13,
    hostname: undefined,
    appName: "wandb-audit",
    enterpriseNumber: 32_473,
    bom: false,
    deviceVersion: "1.0",
    agent,
  };
  const modern = formatted(syslogMessage({ ...common, header: "rfc5424" }));
  const old = formatted(syslogMessage({ ...common, header: "rfc3164" }));
  return (event) => {
    const message = modern(event);
    expectHarmless(message);
    if (parse5424(message) === undefined) throw new Error(`outside RFC 5424: ${message.slice(0, 300)}`);
    expectHarmless(old(event));
  };
}

function hecRequests(format: "cim" | "raw"): Frames {
  const settings = { index: undefined, sourcetype: "t", source: "s", host: "h", format, agent };
  const envelope = formatted(hecEncoder(settings));
  return (event) => {
    const text = envelope(event);
    expectHarmless(text);
    const { fields } = JSON.parse(text) as { fields: object };
    if (Object.values(fields).some((value) => typeof value !== "string"))
      throw new Error("a field is not flat");
  };
}

function otlpRequests(event: AuditEvent): void {
  const own = JSON.stringify(narrowed(received(ownRequest(event, agent))));
  const oracle = JSON.stringify(received(oracleRequest(event, agent)));
  if (own !== oracle) throw new Error("OpenTelemetry's serializer writes another record");
}

export const formatTargets: readonly Target[] = formatNames.map(formatTarget);
