import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyOutputKind, anyOutputKind } from "../../src/output/configured.ts";
import { elasticsearchKind } from "../../src/output/elasticsearch/kind.ts";
import { httpKind } from "../../src/output/http/kind.ts";
import { kafkaKind } from "../../src/output/kafka/kind.ts";
import { loadKafka } from "../../src/output/kafka/load-client.ts";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { startKafkaReceiver } from "../../src/simulate/kafka-receiver.ts";
import { sampleEvents } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { rawServer } from "../fake/raw-server.ts";

// What is loaded with the first send takes a moment, which is not what is measured against a timeout.
await loadKafka();

let made: Certificates;
let strangers: Certificates;
const closing: (() => unknown)[] = [];
beforeAll(() => {
  made = certificates();
  strangers = certificates("an authority that nobody knows");
});
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  made.remove();
  strangers.remove();
});

const outputs: readonly (readonly [string, AnyOutputKind, (place: string) => object])[] = [
  ["kafka", anyOutputKind(kafkaKind), (place) => ({ brokers: [place], topic: "wandb-audit" })],
  ["elasticsearch", anyOutputKind(elasticsearchKind), (place) => ({ urls: [`https://${place}`] })],
  ["otlp, grpc", anyOutputKind(otlpKind), (place) => ({ protocol: "grpc", endpoint: `https://${place}` })],
  ["otlp, http", anyOutputKind(otlpKind), (place) => ({ endpoint: `https://${place}` })],
  ["syslog, relp+tls", anyOutputKind(syslogKind), (place) => ({ address: `relp+tls://${place}` })],
  ["syslog, tls", anyOutputKind(syslogKind), (place) => ({ address: `tls://${place}` })],
  ["http", anyOutputKind(httpKind), (place) => ({ url: `https://${place}` })],
  ["splunk_hec", anyOutputKind(splunkHecKind), (place) => ({ url: `https://${place}`, token: "a-token" })],
];

async function sent(kind: AnyOutputKind, written: object) {
  const config = { name: "one", type: kind.type, tls: { ca: made.ca }, timeout: "3s", ...written };
  const output = kind.schema.parse(config).create(outputContext);
  closing.push(() => output.close());
  return output.send(payloadsOf(output, sampleEvents(2)), AbortSignal.timeout(3_000));
}

const files = ({ cert, key }: { readonly cert: string; readonly key: string }) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
});
const servers: readonly (readonly [string, () => TlsOptions])[] = [
  ["a certificate that has expired", () => files(made.issue("expired", { days: -1 }))],
  ["one for another name", () => files(made.issue("other", { altName: "DNS:elsewhere.example" }))],
  ["one that nobody vouches for", () => files(strangers.issue("stranger"))],
  [
    "TLS 1.1 at most",
    () => ({
      ...files(made.issue("old")),
      ...{ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
    }),
  ],
  [
    "a cipher that hides nothing",
    () => ({ ...files(made.issue("bare")), maxVersion: "TLSv1.2", ciphers: "NULL-SHA256:@SECLEVEL=0" }),
  ],
];

describe.each(servers)("a receiver with %s", (_, options) => {
  it.each(outputs)("gets not a byte, and a person is told: %s", async (_name, kind, written) => {
    let bytes = 0;
    const server = createServer(options(), (socket) => {
      socket
        .on("error", () => {})
        .on("data", (piece: Buffer) => {
          bytes += piece.length;
        });
    });
    server.on("tlsClientError", () => {});
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const result = await sent(kind, written(`127.0.0.1:${port}`));
    expect(result).toMatchObject({ status: "retry", hold: true, reason: "tls" });
    expect(bytes).toBe(0);
  });
});

it.each(outputs)("who speaks no TLS is told from who does: %s", async (_, kind, written) => {
  const server = await rawServer((socket) => socket.once("data", () => socket.end("220 hello\r\n")));
  closing.push(() => server.close());
  const result = await sent(kind, written(`127.0.0.1:${server.port}`));
  expect(result).toMatchObject({ status: "retry", hold: true, reason: "tls" });
});

it("a broker that another one names has to have a certificate for that name", async () => {
  const tls = files(made.issue("named", { altName: "DNS:localhost" }));
  // It says that it listens at 127.0.0.1.
  const broker = await startKafkaReceiver({ tls });
  closing.push(() => broker.close());
  const written = { brokers: [`localhost:${broker.port}`], topic: broker.topic };
  const result = await sent(anyOutputKind(kafkaKind), written);
  expect(result).toMatchObject({
    ...{ status: "retry", hold: true, reason: "tls" },
    detail: expect.stringContaining("127.0.0.1"),
  });
  expect(broker.count()).toBe(0);
});
