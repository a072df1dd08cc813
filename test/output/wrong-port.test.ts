import { readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { type AnyOutputKind, anyOutputKind } from "../../src/output/configured.ts";
import { elasticsearchKind } from "../../src/output/elasticsearch/kind.ts";
import { kafkaKind } from "../../src/output/kafka/kind.ts";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import type { Output, RetryResult } from "../../src/output/output.ts";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { startSyslogReceiver } from "../../src/simulate/syslog-receiver.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { rawServer } from "../fake/raw-server.ts";

let made: Certificates;
let files: { cert: Buffer; key: Buffer };
beforeAll(() => {
  made = certificates();
  const { cert, key } = made.issue("there");
  files = { cert: readFileSync(cert), key: readFileSync(key) };
});
afterAll(() => made.remove());

/** After all of them, as they run beside each other. */
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => server.close(),
    () =>
      "closeAllConnections" in server && (server as { closeAllConnections(): void }).closeAllConnections(),
  );
  return (server.address() as AddressInfo).port;
};
const saying = async (text: string) => {
  const server = await rawServer((socket) => void socket.resume().write(text, "latin1"));
  closing.push(() => server.close());
  return server.port;
};
const receiver = async (transport: "tcp" | "tls") => {
  const started = await startSyslogReceiver({ transport, ...(transport === "tls" && { tls: files }) });
  closing.push(() => started.close());
  return started.port;
};
/** As grpc-go: the handshake goes well, without a protocol chosen, and then it wants HTTP/2. */
const grpcTls = () =>
  listening(
    createTls(files, (socket) => void socket.on("error", () => {}).once("data", () => socket.destroy())),
  );
/** As OpenSSL ends a connection that brings no handshake: with an alert, or without where bytes came that are none. */
const openssl = async () => {
  const server = await rawServer((socket) =>
    socket.once("data", () => socket.end()).once("end", () => socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 50))),
  );
  closing.push(() => server.close());
  return server.port;
};

const ports = {
  "an HTTP server": () => listening(createHttp((_, answer) => void answer.end("<html>hello"))),
  "an HTTPS server": () => listening(createHttps(files, (_, answer) => void answer.end("<html>hello"))),
  "a gRPC server": () => listening(createHttp2()),
  "a gRPC server with TLS": grpcTls,
  "a plain syslog receiver": () => receiver("tcp"),
  "a syslog receiver with TLS": () => receiver("tls"),
  "a receiver with TLS, by OpenSSL": openssl,
  "an SSH server": () => saying("SSH-2.0-OpenSSH_9.2p1\r\n"),
  "a mail server": () => saying("220 mail.example ESMTP\r\n"),
} as const;
type Port = keyof typeof ports;

const insecure = { tls: { insecure_skip_verify: true } };
const token = "00000000-0000-4000-8000-000000000000";
const topic = { topic: "audit", timeout: "3s" };
const outputs = {
  "syslog, tcp://": [
    syslogKind,
    (port: number) => ({ address: `tcp://127.0.0.1:${port}`, close_timeout: "300ms" }),
  ],
  "syslog, tls://": [syslogKind, (port: number) => ({ address: `tls://127.0.0.1:${port}`, ...insecure })],
  "splunk_hec, http://": [splunkHecKind, (port: number) => ({ url: `http://127.0.0.1:${port}`, token })],
  "splunk_hec, https://": [
    splunkHecKind,
    (port: number) => ({ url: `https://127.0.0.1:${port}`, token, ...insecure }),
  ],
  "elasticsearch, http://": [elasticsearchKind, (port: number) => ({ urls: [`http://127.0.0.1:${port}`] })],
  "elasticsearch, https://": [
    elasticsearchKind,
    (port: number) => ({ urls: [`https://127.0.0.1:${port}`], ...insecure }),
  ],
  "otlp, http://": [otlpKind, (port: number) => ({ endpoint: `http://127.0.0.1:${port}` })],
  "otlp, https://": [otlpKind, (port: number) => ({ endpoint: `https://127.0.0.1:${port}`, ...insecure })],
  "kafka, plaintext": [
    kafkaKind,
    (port: number) => ({ ...topic, brokers: [`127.0.0.1:${port}`], transport: "plaintext" }),
  ],
  "kafka, tls": [kafkaKind, (port: number) => ({ ...topic, brokers: [`127.0.0.1:${port}`], ...insecure })],
} as const;

/** What the cure has to name. `later`: only an event shows it. */
const wrong: readonly [keyof typeof outputs, Port, RegExp, "later"?][] = [
  ["syslog, tcp://", "an HTTP server", /type: splunk_hec/, "later"],
  ["syslog, tcp://", "an HTTPS server", /tls:\/\//, "later"],
  ["syslog, tcp://", "a gRPC server", /type: otlp/],
  ["syslog, tcp://", "a syslog receiver with TLS", /tls:\/\//, "later"],
  ["syslog, tcp://", "a receiver with TLS, by OpenSSL", /tls:\/\//],
  ["syslog, tcp://", "an SSH server", /host and port/],
  ["syslog, tcp://", "a mail server", /host and port/],
  ["syslog, tls://", "an HTTP server", /tcp:\/\//],
  ["syslog, tls://", "an HTTPS server", /type: splunk_hec/, "later"],
  ["syslog, tls://", "a gRPC server", /tcp:\/\//],
  ["syslog, tls://", "a plain syslog receiver", /tcp:\/\//],
  ["syslog, tls://", "an SSH server", /tcp:\/\//],
  ["splunk_hec, http://", "an HTTP server", /port and path/],
  ["splunk_hec, http://", "an HTTPS server", /https:\/\//],
  ["splunk_hec, http://", "a gRPC server", /4318/],
  ["splunk_hec, http://", "a plain syslog receiver", /syslog/],
  ["splunk_hec, http://", "a syslog receiver with TLS", /https:\/\/.*syslog/],
  ["splunk_hec, http://", "an SSH server", /scheme and port/],
  ["splunk_hec, https://", "an HTTP server", /http:\/\//],
  ["splunk_hec, https://", "a plain syslog receiver", /http:\/\/, tcp:/],
  ["splunk_hec, https://", "a syslog receiver with TLS", /syslog/],
  ["elasticsearch, http://", "an HTTP server", /URL|urls/],
  ["elasticsearch, http://", "an HTTPS server", /https:\/\//],
  ["elasticsearch, http://", "a gRPC server", /4318/],
  ["elasticsearch, http://", "a plain syslog receiver", /syslog/],
  ["elasticsearch, http://", "an SSH server", /scheme and port/],
  ["elasticsearch, https://", "an HTTP server", /http:\/\//],
  ["otlp, http://", "an HTTP server", /port and path/],
  ["otlp, http://", "an HTTPS server", /https:\/\//],
  ["otlp, http://", "a gRPC server", /4318/],
  ["otlp, http://", "a plain syslog receiver", /syslog/],
  ["otlp, http://", "a syslog receiver with TLS", /https:\/\/.*syslog/],
  ["otlp, https://", "a gRPC server with TLS", /4318/],
  ["splunk_hec, https://", "a gRPC server with TLS", /check the port/],
  ["otlp, https://", "an HTTP server", /http:\/\//],
  ["otlp, https://", "a plain syslog receiver", /http:\/\/, tcp:/],
  ["otlp, https://", "a syslog receiver with TLS", /syslog/],
  ["kafka, plaintext", "an HTTP server", /not a broker of Kafka/],
  ["kafka, plaintext", "an HTTPS server", /transport: tls/],
  ["kafka, plaintext", "a receiver with TLS, by OpenSSL", /transport: tls/],
  ["kafka, plaintext", "an SSH server", /not a broker of Kafka/],
  ["kafka, plaintext", "a mail server", /not a broker of Kafka/],
  ["kafka, tls", "an HTTP server", /transport: plaintext/],
  ["kafka, tls", "an HTTPS server", /not a broker of Kafka/],
  ["kafka, tls", "an SSH server", /transport: plaintext/],
  ["kafka, tls", "a plain syslog receiver", /transport: plaintext/],
];

function outputTo(name: keyof typeof outputs, port: number): Output {
  const [kind, config] = outputs[name];
  const any: AnyOutputKind = anyOutputKind(kind as Parameters<typeof anyOutputKind>[0]);
  const written = { name: "one", type: kind.type, ...config(port) };
  const output = any.schema.parse(written).create(outputContext);
  closing.push(() => output.close());
  return output;
}

/** Enough for what answers; what says nothing is given up then. */
const patience = () => AbortSignal.timeout(4_000);
const worst = (findings: readonly Finding[]) => findings.find(({ level }) => level === "problem");

describe("an output at the wrong port names the cure, and delivers nothing", () => {
  it.concurrent.each(wrong)("%s at %s", async (name, port, cure, later) => {
    const output = outputTo(name, await ports[port]());
    const findings = await output.probe(patience());
    if (later === undefined) expect(worst(findings)?.fix).toMatch(cure);
    // What `check` cannot know without an event it does not claim.
    else expect(findings.filter(({ open }) => open)).toHaveLength(1);
    const payloads = payloadsOf(output, [sampleEvent(1)]);
    const result = await output.send(payloads, patience());
    expect(result).toMatchObject({ status: "retry", fix: expect.stringMatching(cure) });
  });
});

describe("a syslog output", () => {
  it.each(["a gRPC server", "a receiver with TLS, by OpenSSL", "an SSH server"] as const)(
    "waits for a person, not for the weather, at %s",
    async (port) => {
      const output = outputTo("syslog, tcp://", await ports[port]());
      const payloads = payloadsOf(output, [sampleEvent(1)]);
      const result = (await output.send(payloads, patience())) as RetryResult;
      expect(result).toMatchObject({ reason: "bad_answer", hold: true });
    },
  );

  it("is told of a receiver that says what nobody knows, and delivers all the same", async () => {
    const server = await rawServer(
      (socket) =>
        void socket
          .on("end", () => socket.end())
          .resume()
          .write("HI\n"),
    );
    closing.push(() => server.close());
    const output = outputTo("syslog, tcp://", server.port);
    expect(await output.probe(patience())).toContainEqual(
      expect.objectContaining({ level: "warning", text: expect.stringContaining("HI") }),
    );
  });
});
