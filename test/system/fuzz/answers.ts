import { decodedMessage, framed, unframed } from "../../../src/net/grpc/message.ts";
import type { HttpAnswer, HttpClient } from "../../../src/net/http/http.ts";
import { bulkAnswer } from "../../../src/output/elasticsearch/bulk-answer.ts";
import { type AnswerRules, endpointAnswer } from "../../../src/output/http/answer.ts";
import { httpExchange } from "../../../src/output/http-exchange.ts";
import { otlpAnswer } from "../../../src/output/otlp/answer.ts";
import { grpcAnswer } from "../../../src/output/otlp/grpc-answer.ts";
import type { SendResult } from "../../../src/output/output.ts";
import { acknowledgement } from "../../../src/output/splunk-hec/ack.ts";
import { hecAnswer } from "../../../src/output/splunk-hec/answer.ts";
import { type Channel, hecRequest } from "../../../src/output/splunk-hec/request.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { expectUnpolluted, type Target } from "./fuzz.ts";
import { below, pick, type Random, someJson } from "./mutate.ts";

const statuses = [200, 200, 200, 200, 204, 206, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503, 599, 100];
const types = ["application/json", "application/x-protobuf", "text/html", "application/json; charset=x", ""];
const waits = ["7", "-1", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "99999999999999999999", "x", ""];
const cookies = [
  "a=b; Path=/, c=d; Expires=Wed, 01 Jan 2031 00:00:00 GMT",
  "=",
  "é=ü",
  "a=\u0001",
  "x".repeat(9_000),
];
const events = 5;

/** The first four bytes choose status and headers, the rest is the body. */
function answerOf(input: Buffer): HttpAnswer {
  const choose = <T>(at: number, from: readonly T[]) => from[(input[at] ?? 0) % from.length] as T;
  const rest = input.subarray(4);
  return {
    status: choose(0, statuses),
    headers: {
      "content-type": choose(1, types),
      "retry-after": choose(2, waits),
      "set-cookie": choose(3, cookies),
      location: rest.toString("latin1", 0, 40),
    },
    body: once(rest),
    bytes: async (max) => rest.subarray(0, max),
    text: async (max) => rest.toString("utf8", 0, max),
    discard() {},
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function json(random: Random): Buffer {
  const members = [
    "code",
    "text",
    "ackId",
    "invalid-event-number",
    "acks",
    "partialSuccess",
    "message",
  ].filter(() => random() < 0.5);
  const value = (name: string) => {
    if (name === "acks" && random() < 0.5) return `{"0":${pick(random, ["true", "false", '"true"', "1"])}}`;
    if (name === "partialSuccess" && random() < 0.7)
      return `{"rejectedLogRecords":${someJson(random, 1)},"errorMessage":${someJson(random, 1)}}`;
    return random() < 0.5 ? String(below(random, 30)) : someJson(random);
  };
  return Buffer.from(`{${members.map((name) => `"${name}":${value(name)}`).join(",")}}`);
}

function protobuf(random: Random): Buffer {
  const bytes: number[] = [];
  for (let fields = below(random, 4); fields > 0; fields--) {
    bytes.push(pick(random, [0x0a, 0x08, 0x12, 0x0d, 0x09, 0xff, 0x0b, 0x0c]));
    bytes.push(
      ...pick(random, [
        [2, 8, 5],
        [0],
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0x80, 0x80],
        [4, 0x12, 2, 0x68, 0x69],
      ]),
    );
  }
  return Buffer.from(bytes);
}

function headed(random: Random, bytes: Buffer): Buffer {
  const head = Array.from({ length: 4 }, () => below(random, 256));
  return Buffer.concat([Buffer.from(head), bytes]);
}

const seeds = () =>
  [
    '{"text":"Success","code":0}',
    '{"text":"Success","code":0,"ackId":7}',
    '{"text":"Invalid data format","code":6,"invalid-event-number":3}',
    '{"acks":{"0":true,"1":false}}',
    '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"no"}}',
    "\u0000\u0000<html>",
    "",
  ].flatMap((text) => [0, 9, 14].map((head) => Buffer.concat([Buffer.of(head, 0, 0, 0), Buffer.from(text)])));

/** Refusals point into the batch, waits are bounded, details are one harmless line. */
function expectSound(result: SendResult): void {
  const indexes =
    result.status === "delivered"
      ? result.rejected.map(({ index }) => index)
      : result.status === "refused"
        ? (result.named ?? [])
        : [];
  if (indexes.some((index) => !Number.isInteger(index) || index < 0 || index >= events))
    throw new Error(`an index outside the batch: ${indexes.join(", ")}`);
  const wait = result.status === "retry" ? (result.retryAfterMs ?? 0) : 0;
  if (!(wait >= 0 && wait <= 3_600_000)) throw new Error(`a wait of ${wait} ms`);
  const words = result.status === "delivered" ? (result.warning ?? "") : result.detail;
  if (words.length > 500 || /[\p{Cc}\u2028\u2029\u202e\u2066]/u.test(words))
    throw new Error(`not one harmless line: ${words}`);
}

/** What Splunk, or whatever stands before it, answers. */
export const hecAnswers: Target = {
  name: "hec-answers",
  inputs: 20_000,
  slowMs: 1_000,
  seeds,
  invent: (random) => headed(random, json(random)),
  open() {
    const token = new Secret("0123-token-0123");
    let input = Buffer.alloc(0) as Buffer;
    const client: HttpClient = {
      async request({ headers }) {
        // A header that cannot be sent would be a fault of ours, not of the remote.
        new Headers(headers);
        return answerOf(input);
      },
      reload: () => false,
      close: async () => {},
    };
    const ask = hecRequest(client, new URL("https://splunk.example:8088"), token);
    const clock = { now: () => 1_785_592_800_000, monotonic: () => (time += 40_000), sleep: async () => {} };
    let time = 0;
    return {
      async run(bytes) {
        input = bytes;
        const deadline = new AbortController().signal;
        const ack = acknowledgement({
          ask: (body, channel, signal) =>
            ask({ method: "POST", endpoint: "ack", body, channel, deadline: signal }),
          where: "splunk.example",
          guid: () => "00000000-0000-4000-8000-000000000000",
          clock,
          ackTimeoutMs: 100_000,
          askTimeoutMs: 1_000,
        });
        const channel: Channel = ack.channel();
        // Twice on one channel: the second request carries the cookies of the first answer.
        for (let times = 0; times < 2; times++) {
          const reply = await ask({ method: "POST", endpoint: "event", body: "{}", channel, deadline });
          if (reply.status === "retry") {
            expectSound(reply);
            throw new Error(`the request could not be made: ${reply.detail}`);
          }
          const answer = hecAnswer(reply, events, clock.now());
          if (answer.status === "accepted") expectSound(await ack.confirm(answer, deadline));
          else expectSound(answer);
        }
        expectUnpolluted();
      },
    };
  },
};

/** What an OTLP receiver answers. */
export const otlpAnswers: Target = {
  name: "otlp-answers",
  inputs: 20_000,
  slowMs: 1_000,
  seeds,
  invent: (random) => headed(random, random() < 0.5 ? json(random) : protobuf(random)),
  open: () => ({
    async run(bytes) {
      const { status, headers } = answerOf(bytes);
      const reply = { status, headers, body: bytes.subarray(4) };
      expectSound(otlpAnswer(reply, events, 1_785_592_800_000, [new Secret("0123-token-0123")]));
      const client = { request: async () => answerOf(bytes), reload: () => false, close: async () => {} };
      const request = {
        method: "GET",
        path: "/",
        headers: {},
        deadline: new AbortController().signal,
      } as const;
      await httpExchange(client, request, "siem.example", [new Secret("0123-token-0123")]);
      expectUnpolluted();
    },
  }),
};

const rules: AnswerRules = {
  success: { status: undefined, contains: undefined },
  answers: [
    { status: 400, contains: "too old", means: "bad_event" },
    { status: 503, contains: undefined, means: "hold" },
  ],
};

/** What an endpoint answers that is described by rules. */
export const endpointAnswers: Target = {
  name: "endpoint-answers",
  inputs: 20_000,
  slowMs: 1_000,
  seeds,
  invent: (random) => headed(random, json(random)),
  open: () => ({
    async run(bytes) {
      const { status, headers } = answerOf(bytes);
      const reply = { status, headers, text: bytes.toString("utf8", 4) };
      const answer = endpointAnswer(reply, rules, 1_785_592_800_000);
      if (answer !== "accepted") expectSound(answer);
      expectUnpolluted();
    },
  }),
};

/** What a cluster, or whatever stands before it, answers to documents. */
export const bulkAnswers: Target = {
  name: "bulk-answers",
  inputs: 20_000,
  slowMs: 1_000,
  seeds: () => [
    ...seeds(),
    ...[
      '{"items":[{"create":{"status":201}},{"create":{"status":409}},{"create":{"status":429}},{"create":{"status":400,"error":{"type":"a","reason":"b"}}},{"create":{"status":201,"failure_store":"used"}}]}',
      '{"error":{"type":"a","reason":"b"},"status":400}',
    ].map((text) => Buffer.concat([Buffer.alloc(4), Buffer.from(text)])),
  ],
  invent: (random) => headed(random, json(random)),
  open: () => ({
    async run(bytes) {
      const { status, headers } = answerOf(bytes);
      const reply = { status, headers, text: bytes.toString("utf8", 4) };
      const outcome = bulkAnswer(reply, events, 1_785_592_800_000);
      if (outcome.status !== "answered") expectSound(outcome);
      else {
        expectSound({ status: "delivered", rejected: outcome.rejected });
        if (outcome.failed !== undefined) expectSound(outcome.failed);
        const told = outcome.taken.length + outcome.rejected.length;
        if (told > events || (outcome.failed === undefined && told < events)) throw new Error(`${told} told`);
      }
      expectUnpolluted();
    },
  }),
};

/** The codes of gRPC, one more, and none. */
const grpcStatuses = [...Array.from({ length: 17 }, (_, code) => code), 99, undefined];
const encodings = ["identity", "gzip", "zstd", "x", undefined];
const retryInfo = "type.googleapis.com/google.rpc.RetryInfo";

/** A google.rpc.Status with one detail: the delay that is asked for, or what is nearly that. */
function rpcStatus(random: Random): Buffer {
  const field = (number: number, bytes: Buffer) =>
    Buffer.concat([Buffer.of((number << 3) | 2, Math.min(127, bytes.length)), bytes]);
  const delay = Buffer.from([0x08, ...pick(random, [[5], [0xff, 0xff, 0xff, 0xff, 0x7f], [0x80], []])]);
  const any = Buffer.concat([
    field(1, Buffer.from(pick(random, [retryInfo, "x", ""]))),
    field(2, field(1, delay)),
  ]);
  return field(3, any);
}

/** What an OTLP receiver answers over gRPC: message, status and details, each as it came on the stream. */
export const grpcAnswers: Target = {
  name: "grpc-answers",
  inputs: 20_000,
  slowMs: 1_000,
  seeds: () => [
    ...seeds(),
    ...[0, 8, 3, 18].map((code) => Buffer.concat([Buffer.of(code, 0, 0, 0), ...framed([], false)])),
  ],
  invent(random) {
    const parts = [protobuf(random), rpcStatus(random), json(random)];
    const body = pick(random, parts);
    return headed(random, random() < 0.6 ? Buffer.concat(framed([body], random() < 0.3)) : body);
  },
  open: () => ({
    async run(bytes) {
      const choose = <T>(at: number, from: readonly T[]) => from[(bytes[at] ?? 0) % from.length] as T;
      const rest = bytes.subarray(4);
      const message = unframed(rest, choose(1, encodings));
      const { status, headers } = answerOf(bytes);
      const reply = {
        status,
        headers,
        code: choose(0, grpcStatuses),
        words: decodedMessage(rest.toString("latin1", 0, 300)),
        details: (bytes[2] ?? 0) % 2 === 0 ? rest : undefined,
        message: message ?? Buffer.alloc(0),
      };
      expectSound(grpcAnswer(reply, events, 1_785_592_800_000, [new Secret("0123-token-0123")]));
      expectUnpolluted();
    },
  }),
};
