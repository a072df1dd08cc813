import { afterEach, describe, expect, it } from "vitest";
import { type AnyOutputKind, anyOutputKind } from "../../src/output/configured.ts";
import { elasticsearchKind } from "../../src/output/elasticsearch/kind.ts";
import { httpKind } from "../../src/output/http/kind.ts";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import type { SendResult } from "../../src/output/output.ts";
import { splunkHecKind } from "../../src/output/splunk-hec/kind.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { answeringServer } from "../fake/answering-server.ts";
import {
  allowed,
  cut,
  nothing,
  type RawAnswer,
  refused,
  type Success,
  unaskedCodings,
  unframed,
  unknownCoding,
} from "../fake/answers.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Subject {
  readonly kind: AnyOutputKind;
  readonly config: (url: string) => object;
  readonly success: Success;
}

const hec = anyOutputKind(splunkHecKind);
const otlp = anyOutputKind(otlpKind);
const http = anyOutputKind(httpKind);
const elastic = anyOutputKind(elasticsearchKind);
/** `partial_success` without rejected records, with a message, so that it is no empty body. */
const partialSuccess = Buffer.concat([Buffer.of(0x0a, 6, 0x12, 4), Buffer.from("fine")]);
const subjects: Readonly<Record<string, Subject>> = {
  splunk_hec: {
    kind: hec,
    config: (url) => ({ url, token: "t" }),
    success: { type: "application/json", body: Buffer.from('{"text":"Success","code":0}') },
  },
  http: {
    kind: http,
    config: (url) => ({ url, success: { contains: '"ok":true' } }),
    success: { type: "application/json", body: Buffer.from('{"ok":true}') },
  },
  elasticsearch: {
    kind: elastic,
    config: (url) => ({ urls: [url] }),
    success: {
      type: "application/json",
      body: Buffer.from(
        '{"data_streams":[{"name":"logs-wandb.audit-default"}],"items":[{"create":{"status":201}}]}',
      ),
    },
  },
  "otlp in protobuf": {
    kind: otlp,
    config: (endpoint) => ({ endpoint }),
    success: { type: "application/x-protobuf", body: partialSuccess },
  },
  "otlp in JSON": {
    kind: otlp,
    config: (endpoint) => ({ endpoint, protocol: "http/json" }),
    success: { type: "application/json", body: Buffer.from('{"partialSuccess":{"errorMessage":"fine"}}') },
  },
};

/** What a send is told by this answer. */
async function sent(answer: RawAnswer, { kind, config, success }: Subject): Promise<SendResult> {
  const server = await answeringServer(answer, success);
  const url = `http://127.0.0.1:${server.port}`;
  const parsed = kind.schema.parse({ name: "one", type: kind.type, timeout: "2s", ...config(url) });
  const output = parsed.create(outputContext);
  closing.push(server.close, () => output.close());
  const payloads = payloadsOf(output, [sampleEvent(1)]);
  return output.send(payloads, new AbortController().signal);
}

const withStatus = (name: string, status: string, type: string, body = ""): RawAnswer => ({
  name,
  bytes: () =>
    Buffer.from(
      `HTTP/1.1 ${status}\r\n${type === "" ? "" : `content-type: ${type}\r\n`}content-length: ${body.length}\r\n\r\n${body}`,
    ),
});

describe.each(Object.entries(subjects))("%s", (_, subject) => {
  const plain: RawAnswer = {
    name: "media type text/plain",
    bytes: ({ body }) =>
      Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n\r\n`),
        body,
      ]),
  };
  it.each([...allowed, ...unaskedCodings, unframed, plain])("understands: $name", async (answer) => {
    expect(await sent(answer, subject)).toMatchObject({ status: "delivered", rejected: [] });
  });

  it.each([...refused, unknownCoding, nothing])("says of what is not allowed: $name", async (answer) => {
    const { words, fix = /./, hold } = answer.fault as Exclude<RawAnswer["fault"], undefined>;
    const result = await sent(answer, subject);
    expect(result).toMatchObject({
      status: "retry",
      reason: answer === nothing ? "connection_lost" : "bad_answer",
      detail: expect.stringMatching(words),
      fix: expect.stringMatching(fix),
    });
    expect((result as { hold?: boolean }).hold).toBe(hold);
  });

  it.each(cut)("takes for lost: $name", async (answer) => {
    expect(await sent(answer, subject)).toMatchObject({ status: "retry", reason: "connection_lost" });
  });

  it.each([
    withStatus("status 200 with a page", "200 OK", "text/html", "<html>Sign in</html>"),
    withStatus("status 200 with a page of no type", "200 OK", "", "<html>Sign in</html>"),
    withStatus("status 200 with a word", "200 OK", "text/plain", "ok"),
    withStatus("status 200 with other JSON", "200 OK", "application/json", "[1]"),
  ])("takes for no answer of its protocol: $name", async (answer) => {
    const held = { status: "retry", reason: "configuration", hold: true };
    expect(await sent(answer, subject)).toMatchObject(held);
  });

  it("asks again where a cache answers", async () => {
    const result = await sent(withStatus("", "304 Not Modified", ""), subject);
    expect(result).toMatchObject({ status: "retry", reason: "bad_answer" });
  });

  it.each([
    ["nginx", "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"],
    ["Go", "Client sent an HTTP request to an HTTPS server.\n"],
    ["Apache", "Reason: You're speaking plain HTTP to an SSL-enabled server port."],
    ["Tomcat", "Bad Request\r\nThis combination of host and port requires TLS.\r\n"],
  ])("names the cure where plain HTTP came to a TLS port of %s", async (_name, body) => {
    expect(await sent(withStatus("", "400 Bad Request", "text/html", body), subject)).toMatchObject({
      status: "retry",
      hold: true,
      reason: "configuration",
      fix: expect.stringContaining("https://"),
    });
  });
});
