import { readFileSync } from "node:fs";
import { createServer as createSecure } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AnyOutputKind, anyOutputKind } from "../../src/output/configured.ts";
import { elasticsearchKind } from "../../src/output/elasticsearch/kind.ts";
import { httpKind } from "../../src/output/http/kind.ts";
import { kafkaKind } from "../../src/output/kafka/kind.ts";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import type { SendResult } from "../../src/output/output.ts";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { type BlackHole, blackHole } from "../fake/black-hole.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { rawServer } from "../fake/raw-server.ts";
import { type Names, resolver } from "../fake/resolver.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const hec = anyOutputKind(splunkHecKind);
const otlp = anyOutputKind(otlpKind);
const http = anyOutputKind(httpKind);
const elastic = anyOutputKind(elasticsearchKind);
const kafka = anyOutputKind(kafkaKind);
const syslog = anyOutputKind(syslogKind);

async function send(kind: AnyOutputKind, config: object, names: Names): Promise<SendResult> {
  closing.push(resolver(names));
  const parsed = kind.schema.parse({ name: "one", type: kind.type, ...config });
  const output = parsed.create(outputContext);
  closing.push(() => output.close());
  const payloads = payloadsOf(output, [sampleEvent(1)]);
  return output.send(payloads, AbortSignal.timeout(5_000));
}

describe("a name", () => {
  const cases: readonly [string, AnyOutputKind, object][] = [
    ["splunk_hec", hec, { url: "https://siem.example:8088", token: "t" }],
    ["otlp", otlp, { endpoint: "http://siem.example:4318" }],
    ["http", http, { url: "https://siem.example" }],
    ["elasticsearch", elastic, { urls: ["https://siem.example:9200"] }],
    ["kafka", kafka, { brokers: ["siem.example:9093"], topic: "audit" }],
    ["syslog over TCP", syslog, { address: "tcp://siem.example" }],
    ["syslog over TLS", syslog, { address: "tls://siem.example" }],
    ["syslog over UDP", syslog, { address: "udp://siem.example" }],
    ["a proxy", hec, { url: "https://w.example", token: "t", proxy: "http://siem.example:3128" }],
  ];

  it.each(cases)("that does not exist holds: %s", async (_, kind, config) => {
    const result = await send(kind, config, { "siem.example": "ENOTFOUND" });
    expect(result).toMatchObject({ status: "retry", reason: expect.stringMatching(/dns|proxy/), hold: true });
  });

  it.each(cases)("that the resolver does not know at the moment is weather: %s", async (_, kind, config) => {
    const result = await send(kind, config, { "siem.example": "EAI_AGAIN" });
    expect(result).toMatchObject({ status: "retry", reason: expect.stringMatching(/dns|proxy/) });
    expect(result).not.toHaveProperty("hold");
  });
});

describe("a name of which one address leads nowhere", () => {
  let hole: BlackHole;
  let authority: Certificates;
  beforeAll(async () => {
    hole = await blackHole();
    authority = certificates();
  });
  afterAll(async () => {
    await hole.close();
    authority.remove();
  });

  const names = { "siem.example": ["127.0.0.2", "127.0.0.1"] };
  const http = async (body: string) => {
    const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    return rawServer((socket) => void socket.on("data", () => socket.write(answer + body)), hole.port);
  };

  it("is reached at the other: splunk_hec", async () => {
    closing.push((await http('{"text":"Success","code":0}')).close);
    const config = { url: `http://siem.example:${hole.port}`, token: "t", allow_plaintext: true };
    expect(await send(hec, config, names)).toMatchObject({ status: "delivered" });
  });

  it("is reached at the other: otlp", async () => {
    closing.push((await http("{}")).close);
    const config = { endpoint: `http://siem.example:${hole.port}` };
    expect(await send(otlp, config, names)).toMatchObject({ status: "delivered" });
  });

  it("is reached at the other: syslog over TCP", async () => {
    closing.push((await rawServer((socket) => void socket.resume(), hole.port)).close);
    const config = { address: `tcp://siem.example:${hole.port}` };
    expect(await send(syslog, config, names)).toMatchObject({ status: "delivered" });
  });

  it("is reached at the other: syslog over TLS", async () => {
    const { cert, key } = authority.issue("siem", { altName: "DNS:siem.example" });
    const server = createSecure({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) =>
      socket.on("error", () => {}).resume(),
    );
    await new Promise<void>((resolve) => server.listen(hole.port, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const config = { address: `tls://siem.example:${hole.port}`, tls: { ca: authority.ca } };
    expect(await send(syslog, config, names)).toMatchObject({ status: "delivered" });
  });
});
