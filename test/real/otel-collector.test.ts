import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendTestEvent } from "../../src/command/send-test-event.ts";
import type { Finding } from "../../src/finding.ts";
import { outputKinds } from "../../src/output/all.ts";
import { withLabels } from "../../src/record/origin.ts";
import { systemClock } from "../../src/time/clock.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { outputContext } from "../fake/output-context.ts";
import { encoded, payloadsOf } from "../fake/payloads.ts";
import { strictJson, wellFormed } from "../format/well-formed.ts";
import { eventOf, origin } from "../security/event-of.ts";
import { hostile } from "../security/hostile.ts";
import {
  type Collector,
  collectorIsHere,
  freePorts,
  type StoredRecord,
  startCollector,
  whyNoCollector,
} from "./otel-collector.ts";

const token = "11111111-2222-3333-4444-555555555555";
const ports = {
  http: 0,
  grpc: 0,
  grpcs: 0,
  https: 0,
  hec: 0,
  ack: 0,
  octet: 0,
  newline: 0,
  rfc3164: 0,
  tls: 0,
};
let collector: Collector;
let made: Certificates;

beforeAll(async () => {
  if (!collectorIsHere) return;
  const names = Object.keys(ports) as (keyof typeof ports)[];
  for (const [index, port] of (await freePorts(names.length)).entries())
    ports[names[index] as keyof typeof ports] = port;
  made = certificates();
  const { cert, key } = made.issue("collector");
  const tls = { cert_file: cert, key_file: key };
  const at = (name: keyof typeof ports) => `127.0.0.1:${ports[name]}`;
  const auth = { authenticator: "bearertokenauth" };
  const lines = (protocol: string, name: keyof typeof ports) => ({
    protocol,
    tcp: { listen_address: at(name), max_log_size: "4MiB" },
  });
  const octets = { ...lines("rfc5424", "octet"), enable_octet_counting: true, max_octets: 4_000_000 };
  collector = await startCollector(
    {
      otlp: { protocols: { http: { endpoint: at("http") }, grpc: { endpoint: at("grpc") } } },
      "otlp/tls": {
        protocols: { http: { endpoint: at("https"), tls }, grpc: { endpoint: at("grpcs"), tls } },
      },
      splunk_hec: { endpoint: at("hec"), auth },
      "splunk_hec/ack": { endpoint: at("ack"), auth, ack: { extension: "ack" } },
      "syslog/octet": octets,
      "syslog/newline": lines("rfc5424", "newline"),
      "syslog/rfc3164": lines("rfc3164", "rfc3164"),
      "syslog/tls": { ...octets, tcp: { listen_address: at("tls"), tls } },
    },
    Object.values(ports),
    { extensions: { bearertokenauth: { scheme: "Splunk", token } } },
  );
});
afterAll(async () => {
  await collector?.close();
  made?.remove();
});

function configured(written: Record<string, unknown>) {
  const kind = outputKinds.find(({ type }) => type === written.type);
  if (kind === undefined) throw new Error(`no output ${String(written.type)}`);
  return kind.schema.parse({ name: "out", ...written });
}

const hec = (format: string) => () => ({
  type: "splunk_hec",
  url: `http://127.0.0.1:${ports.hec}`,
  token,
  format,
});
const otlp = (protocol: string, compression: string) => () => ({
  type: "otlp",
  endpoint: `http://127.0.0.1:${protocol === "grpc" ? ports.grpc : ports.http}`,
  protocol,
  compression,
});
const syslog = (name: "octet" | "newline" | "rfc3164", format: string) => () => ({
  type: "syslog",
  address: `tcp://127.0.0.1:${ports[name]}`,
  framing: name === "octet" ? "octet_counting" : "newline",
  syslog: name === "rfc3164" ? "rfc3164" : "rfc5424",
  format,
});

type Look = (stored: StoredRecord, payload: unknown, line: string) => void;

/** Numbers as doubles, texts as whole characters. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));
const hecEvent: Look = ({ body }, payload) => {
  const { event } = strictJson(String(payload)) as { event: unknown };
  expect(asJson(body)).toEqual(asJson(event));
};
/** The record to the letter, and next to it what can be searched. */
const otlpRecord: Look = ({ attributes, text }, _, line) => {
  if (line.startsWith("{") && attributes["wandb.audit.fault"] === undefined)
    expect(attributes["log.record.original"]).toBe(line);
  expect(wellFormed(text)).toBe(text);
};
const message: Look = ({ attributes }, payload) => {
  const sent = Buffer.from(payload as Uint8Array)
    .toString()
    .replace(/\n$/, "");
  expect(attributes).toHaveProperty("message");
  expect(sent.endsWith(String(attributes.message))).toBe(true);
};

interface Way {
  readonly name: string;
  readonly receiver: string;
  readonly written: () => Record<string, unknown>;
  readonly look: Look;
}
const ways: readonly Way[] = [
  ...["cim", "raw", "ecs", "cef", "ocsf"].map((format) => ({
    name: `HEC, ${format}`,
    receiver: "splunk_hec",
    written: hec(format),
    look: hecEvent,
  })),
  ...["http/protobuf", "http/json", "grpc"].flatMap((protocol) =>
    ["gzip", "zstd", "none"].map((compression) => ({
      name: `OTLP, ${protocol}, ${compression}`,
      receiver: "otlp",
      written: otlp(protocol, compression),
      look: otlpRecord,
    })),
  ),
  ...(["octet", "newline", "rfc3164"] as const).flatMap((port) =>
    ["cef", "ecs", "json", "ocsf"].map((format) => ({
      name: `syslog, ${port}, ${format}`,
      receiver: `syslog/${port}`,
      written: syslog(port, format),
      look: message,
    })),
  ),
];

describe.skipIf(!collectorIsHere)(`a real OpenTelemetry Collector (${whyNoCollector})`, () => {
  it.each(ways)(
    "stores each hostile event once, as the documents say: $name",
    async ({ receiver, written, look }) => {
      const output = configured(written()).create(outputContext);
      const before = collector.taken(receiver).length;
      const rows = hostile.map((row) => ({ ...row, event: eventOf(row.line) }));
      try {
        for (const { id, event } of rows) {
          const outgoing = payloadsOf(output, [event]);
          // One by one: what is refused names itself.
          expect({ id, ...(await output.send(outgoing, AbortSignal.timeout(10_000))) }).toMatchObject({
            id,
            status: "delivered",
            rejected: [],
          });
        }
        const stored = () => collector.taken(receiver).slice(before);
        await expect.poll(() => stored().length, { timeout: 10_000 }).toBe(rows.length);
        for (const [index, { id, event, line }] of rows.entries()) {
          const record = stored()[index] as StoredRecord;
          try {
            look(record, encoded(output, event), line.toString("utf8"));
          } catch (error) {
            throw new Error(id, { cause: error });
          }
        }
      } finally {
        await output.close();
      }
    },
  );
});

describe.skipIf(!collectorIsHere)(`labels, at a real OpenTelemetry Collector (${whyNoCollector})`, () => {
  const structured = (value: unknown) => ({ structured_data: { "wandb@32473": { tenant: value } } });
  it.each([
    ["HEC", "splunk_hec", hec("cim"), (value: string) => ({ tenant: value })],
    ["HEC with CEF", "splunk_hec", hec("cef"), (value: string) => ({ tenant: value })],
    ["OTLP", "otlp", otlp("http/json", "none"), (value: string) => ({ tenant: value })],
    ["OTLP over gRPC", "otlp", otlp("grpc", "gzip"), (value: string) => ({ tenant: value })],
    ["syslog", "syslog/octet", syslog("octet", "json"), structured],
  ] as const)("are fields of their own: %s", async (_, receiver, written, expected) => {
    const tenant = 'a "b" = ] \\ | é';
    const one = configured({ ...written(), labels: { tenant } });
    const output = one.create(outputContext);
    const before = collector.taken(receiver).length;
    const event = eventOf(Buffer.from('{"action":"user:login"}'));
    const labelled = Object.assign(event, { origin: withLabels(event.origin, one.config.labels) });
    const shape = { encode: output.encode };
    expect(await output.send(payloadsOf(shape, [labelled]), AbortSignal.timeout(5_000))).toMatchObject({
      status: "delivered",
    });
    await output.close();
    await expect.poll(() => collector.taken(receiver).length).toBe(before + 1);
    const { attributes, resource } = collector.taken(receiver).at(-1) as StoredRecord;
    expect(receiver === "otlp" ? resource : attributes).toMatchObject(expected(tenant));
  });
});

async function checked(written: Record<string, unknown>): Promise<readonly Finding[]> {
  const one = configured(written);
  const output = one.create(outputContext);
  try {
    const found = await output.probe(AbortSignal.timeout(3_000));
    if (found.some(({ level }) => level === "problem")) return found;
    const test = { configured: one, output, origin, guid: "of-the-collector", clock: systemClock };
    return [...found, ...(await sendTestEvent(test, AbortSignal.timeout(3_000)))];
  } finally {
    await output.close();
  }
}

describe.skipIf(!collectorIsHere)(`check, at a real OpenTelemetry Collector (${whyNoCollector})`, () => {
  const at = (port: keyof typeof ports) => `127.0.0.1:${ports[port]}`;
  const syslogTls = () => ({ type: "syslog", address: `tls://${at("tls")}`, tls: { ca: made.ca } });
  const right: readonly [string, string, () => Record<string, unknown>, RegExp][] = [
    ["HEC", "splunk_hec", hec("cim"), /accepted \(code 0\)/],
    [
      "HEC with ack",
      "splunk_hec/ack",
      () => ({ ...hec("cim")(), url: `http://${at("ack")}`, ack: true }),
      /confirmed/,
    ],
    ["OTLP", "otlp", otlp("http/protobuf", "gzip"), /accepted/],
    ["OTLP over gRPC", "otlp", otlp("grpc", "gzip"), /accepted/],
    [
      "OTLP over gRPC with TLS",
      "otlp/tls",
      () => ({ type: "otlp", protocol: "grpc", endpoint: `https://${at("grpcs")}`, tls: { ca: made.ca } }),
      /accepted/,
    ],
    ["syslog", "syslog/octet", syslog("octet", "cef"), /read it to its end/],
    ["syslog over TLS", "syslog/tls", syslogTls, /read it to its end/],
  ];
  it.each(right)(
    "--send-test-event leaves one test event and says what it proves: %s",
    async (_, receiver, written, proof) => {
      const before = collector.taken(receiver).length;
      const findings = await checked(written());
      expect(findings.filter(({ level }) => level === "problem")).toEqual([]);
      expect(findings.find(({ text }) => text.startsWith("test event"))?.text).toMatch(proof);
      await expect.poll(() => collector.taken(receiver).length, { timeout: 5_000 }).toBe(before + 1);
      expect(collector.taken(receiver).at(-1)?.text).toContain("test-of-the-collector");
    },
  );

  it("names `ack: false` where nothing acknowledges, and claims no more than was received", async () => {
    const findings = await checked({ ...hec("cim")(), ack: true });
    expect(findings.find(({ fix }) => fix?.includes("`ack: false`"))?.level).toBe("warning");
    expect(findings.find(({ text }) => text.startsWith("test event"))?.text).not.toContain("confirmed");
  });

  const insecure = { insecure_skip_verify: true };
  const wrong: readonly [string, () => Record<string, unknown>, RegExp][] = [
    ["OTLP over HTTP to the gRPC port", () => ({ type: "otlp", endpoint: `http://${at("grpc")}` }), /4318/],
    [
      "OTLP over gRPC to the HTTP port",
      () => ({ type: "otlp", protocol: "grpc", endpoint: `http://${at("http")}` }),
      /4317/,
    ],
    [
      "gRPC without TLS to a port with TLS",
      () => ({ type: "otlp", protocol: "grpc", endpoint: `http://${at("grpcs")}` }),
      /https/,
    ],
    [
      "gRPC with TLS to a port without",
      () => ({ type: "otlp", protocol: "grpc", endpoint: `https://${at("grpc")}`, tls: insecure }),
      /scheme and port/,
    ],
    ["HEC to the gRPC port", () => ({ ...hec("cim")(), url: `http://${at("grpc")}` }), /check the port/],
    ["http:// to an HTTPS port", () => ({ type: "otlp", endpoint: `http://${at("https")}` }), /https:\/\//],
    [
      "https:// to a gRPC port with TLS",
      () => ({ type: "otlp", endpoint: `https://${at("grpcs")}`, tls: insecure }),
      /4318/,
    ],
    ["http:// to a gRPC port with TLS", () => ({ type: "otlp", endpoint: `http://${at("grpcs")}` }), /https/],
    [
      "https:// to the gRPC port",
      () => ({ type: "otlp", endpoint: `https://${at("grpc")}`, tls: insecure }),
      /scheme and port/,
    ],
    [
      "https:// to a plain port",
      () => ({ type: "otlp", endpoint: `https://${at("http")}`, tls: insecure }),
      /http:\/\//,
    ],
    ["tcp:// to a TLS port", () => ({ type: "syslog", address: `tcp://${at("tls")}` }), /tls:\/\//],
    [
      "tls:// to a plain port",
      () => ({ type: "syslog", address: `tls://${at("octet")}`, tls: insecure }),
      /tcp:\/\//,
    ],
    ["syslog to an OTLP port", () => ({ type: "syslog", address: `tcp://${at("http")}` }), /type: otlp/],
    ["syslog to the gRPC port", () => ({ type: "syslog", address: `tcp://${at("grpc")}` }), /type: otlp/],
    ["HEC to a syslog port", () => ({ ...hec("cim")(), url: `http://${at("octet")}` }), /syslog/],
    ["OTLP to a syslog port", () => ({ type: "otlp", endpoint: `http://${at("octet")}` }), /syslog/],
    ["HEC to an OTLP port", () => ({ ...hec("cim")(), url: `http://${at("http")}` }), /path/],
    ["HEC with a wrong token", () => ({ ...hec("cim")(), token: "wrong" }), /token|credential/],
  ];
  it.each(wrong)("names the cure: %s", async (_, written, cure) => {
    const problem = (await checked(written())).find(({ level }) => level === "problem");
    expect(problem?.fix).toMatch(cure);
  });
});

describe.skipIf(!collectorIsHere)(`a Collector that is killed ten times (${whyNoCollector})`, () => {
  it.each(["http/protobuf", "grpc"])(
    "loses nothing that it answered for: %s",
    { timeout: 120_000 },
    async (protocol) => {
      const output = configured(otlp(protocol, "gzip")()).create(outputContext);
      const before = collector.taken("otlp").length;
      const deadline = AbortSignal.timeout(100_000);
      let kills = 0;
      const killing = (async () => {
        for (; kills < 10; kills++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          await collector.kill();
        }
      })();
      const uids: string[] = [];
      let failed = 0;
      for (let batches = 0; kills < 10 || batches < 20; batches++) {
        const events = Array.from({ length: 100 }, (_, index) => sampleEvent(batches * 100 + index));
        const batch = payloadsOf(output, events);
        while ((await output.send(batch, deadline)).status !== "delivered") {
          deadline.throwIfAborted();
          failed++;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        uids.push(...events.map(({ uid }) => uid));
      }
      await killing;
      await output.close();
      const stored = collector.taken("otlp").slice(before);
      const once = new Set(stored.map(({ attributes }) => attributes["log.record.uid"]));
      expect(failed).toBeGreaterThan(0);
      expect(uids.filter((uid) => !once.has(uid))).toEqual([]);
      // What was stored and not answered comes again, a batch for each failed send at most.
      expect(stored.length - once.size).toBeLessThanOrEqual(failed * 100);
    },
  );
});
