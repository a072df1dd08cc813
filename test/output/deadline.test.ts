import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyOutputKind, anyOutputKind } from "../../src/output/configured.ts";
import { elasticsearchKind } from "../../src/output/elasticsearch/kind.ts";
import { httpKind } from "../../src/output/http/kind.ts";
import { kafkaKind } from "../../src/output/kafka/kind.ts";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import type { Output } from "../../src/output/output.ts";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { type BlackHole, blackHole } from "../fake/black-hole.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { type RawServer, rawServer, swallow } from "../fake/raw-server.ts";

const opened: Output[] = [];
afterAll(async () => {
  for (const output of opened) await output.close();
});

function make(kind: AnyOutputKind, config: object): Output {
  const parsed = kind.schema.parse({ name: "one", type: kind.type, ...config });
  const output = parsed.create(outputContext);
  opened.push(output);
  return output;
}

const hec = anyOutputKind(splunkHecKind);
const otlp = anyOutputKind(otlpKind);
const http = anyOutputKind(httpKind);
const elastic = anyOutputKind(elasticsearchKind);
const kafka = anyOutputKind(kafkaKind);
const syslog = anyOutputKind(syslogKind);

describe("before there is a connection", () => {
  let hole: BlackHole;
  let silent: RawServer;
  beforeAll(async () => {
    hole = await blackHole();
    silent = await rawServer(swallow);
  });
  afterAll(async () => {
    await hole.close();
    await silent.close();
  });

  const proxied = () => ({ proxy: `http://127.0.0.1:${silent.port}` });
  const cases = [
    [
      "splunk_hec: a proxy that swallows CONNECT",
      "proxy",
      /no answer from the proxy to CONNECT splunk\.example:8088 within \d+ ms/,
      (timeout: string) =>
        make(hec, { url: "https://splunk.example:8088", token: "t", timeout, ...proxied() }),
    ],
    [
      "otlp: a proxy that swallows CONNECT",
      "proxy",
      /no answer from the proxy to CONNECT otel\.example:443 within/,
      (timeout: string) => make(otlp, { endpoint: "https://otel.example", timeout, ...proxied() }),
    ],
    [
      "splunk_hec: a proxy that leads nowhere",
      "proxy",
      /no connection to 127\.0\.0\.2 at port \d+ within/,
      (timeout: string) =>
        make(hec, {
          url: "https://splunk.example:8088",
          token: "t",
          timeout,
          proxy: `http://127.0.0.2:${hole.port}`,
        }),
    ],
    [
      "splunk_hec: an address that leads nowhere",
      "timeout",
      /no connection to 127\.0\.0\.2 at port \d+ within/,
      (timeout: string) => make(hec, { url: `https://127.0.0.2:${hole.port}`, token: "t", timeout }),
    ],
    [
      "splunk_hec: no TLS handshake",
      "timeout",
      /no end of the TLS handshake \(the port may not speak TLS\) within/,
      (timeout: string) => make(hec, { url: `https://127.0.0.1:${silent.port}`, token: "t", timeout }),
    ],
    [
      "otlp: no TLS handshake",
      "timeout",
      /no end of the TLS handshake/,
      (timeout: string) => make(otlp, { endpoint: `https://127.0.0.1:${silent.port}`, timeout }),
    ],
    [
      "http: no TLS handshake",
      "timeout",
      /no end of the TLS handshake/,
      (timeout: string) => make(http, { url: `https://127.0.0.1:${silent.port}`, timeout }),
    ],
    [
      "elasticsearch: no TLS handshake",
      "timeout",
      /no end of the TLS handshake/,
      (timeout: string) => make(elastic, { urls: [`https://127.0.0.1:${silent.port}`], timeout }),
    ],
    [
      "http: an issuer of tokens that leads nowhere",
      "timeout",
      /token: \S+ no connection to 127\.0\.0\.2 at port \d+ within/,
      (timeout: string) => {
        const token_url = `https://127.0.0.2:${hole.port}`;
        const auth = { type: "oauth2", token_url, client_id: "me", client_secret: "a-secret" };
        return make(http, { url: `https://127.0.0.1:${silent.port}`, timeout, auth });
      },
    ],
    [
      "kafka: an address that leads nowhere",
      "timeout",
      /no connection to 127\.0\.0\.2 at port \d+ within/,
      (timeout: string) => make(kafka, { brokers: [`127.0.0.2:${hole.port}`], topic: "audit", timeout }),
    ],
    [
      "kafka: no TLS handshake",
      "timeout",
      /no end of the TLS handshake/,
      (timeout: string) => make(kafka, { brokers: [`127.0.0.1:${silent.port}`], topic: "audit", timeout }),
    ],
    [
      "syslog: an address that leads nowhere",
      "timeout",
      /no connection to 127\.0\.0\.2 at port \d+ within/,
      () => make(syslog, { address: `tcp://127.0.0.2:${hole.port}` }),
    ],
    [
      "syslog: no TLS handshake",
      "timeout",
      /no end of the TLS handshake/,
      () => make(syslog, { address: `tls://127.0.0.1:${silent.port}` }),
    ],
  ] as const;

  const send = (output: Output, deadline: AbortSignal) => {
    const payloads = payloadsOf(output, [sampleEvent(1)]);
    return output.send(payloads, deadline);
  };

  it.concurrent.each(cases)("a stop holds. %s", async (_, reason, words, output) => {
    const stop = new AbortController();
    const sending = send(output("10s"), stop.signal);
    setTimeout(() => stop.abort(new Error("stop")), 500);
    const result = await sending;
    expect(result).toMatchObject({ status: "retry", reason, detail: expect.stringMatching(words) });
    expect(result).not.toHaveProperty("hold");
  });

  it.concurrent.each(cases.slice(0, 10))("`timeout` holds. %s", async (_, reason, words, output) => {
    const result = await send(output("500ms"), new AbortController().signal);
    expect(result).toMatchObject({ status: "retry", reason, detail: expect.stringMatching(words) });
  });

  it.concurrent.each(cases)("`check` ends too. %s", async (_, __, words, output) => {
    const findings = await output("10s").probe(AbortSignal.timeout(500));
    expect(findings.at(-1)).toMatchObject({ level: "problem", text: expect.stringMatching(words) });
  });
});
