import { expect, it } from "vitest";
import { kafkaFault } from "../../../src/output/kafka/fault.ts";
import { loadKafka, MissingPackage } from "../../../src/output/kafka/load-client.ts";
import { NoBroker } from "../../../src/output/kafka/reach.ts";
import { Secret } from "../../../src/secret/secret.ts";

const broker = { host: "kafka.example", port: 9093 };
const words = {
  ...{ brokers: [broker], tls: undefined, hasSasl: true, nowMs: 0 },
  secrets: [new Secret("a-long-password")],
};
const { MultipleErrors, NetworkError, AuthenticationError, ProtocolError, ResponseError, UserError } =
  await loadKafka();
const socket = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

it.each([
  [
    "a refusal under two layers of failures",
    new MultipleErrors("produce failed 3 times.", [
      new MultipleErrors("Producing messages failed.", [
        new ResponseError(0, 8, { "/": [29, "not allowed"] }, {}),
      ]),
    ]),
    {
      reason: "forbidden",
      hold: true,
      detail: "kafka.example:9093: TOPIC_AUTHORIZATION_FAILED: not allowed",
    },
  ],
  [
    "what a person has to repair, among what passes",
    new MultipleErrors("many", [
      new ProtocolError("NOT_LEADER_OR_FOLLOWER"),
      new ProtocolError("TOPIC_AUTHORIZATION_FAILED"),
    ]),
    { reason: "forbidden", hold: true },
  ],
  [
    "a login that was refused, in the cause of an error that the client calls retriable",
    new NetworkError("Connection to kafka.example:9093 failed.", {
      cause: new AuthenticationError("SASL authentication failed.", {
        cause: new Error("the token is refused: {}"),
      }),
    }),
    { reason: "unauthorized", hold: true, detail: expect.stringContaining("the token is refused") },
  ],
  [
    "a login in the midst of which the connection ended",
    new NetworkError("Connection to kafka.example:9093 failed.", {
      cause: new AuthenticationError("SASL authentication failed.", {
        cause: new NetworkError("Connection closed"),
      }),
    }),
    { reason: "connection_lost" },
  ],
  [
    "a port where nothing answers as a broker does",
    new NetworkError("Request timed out"),
    { reason: "timeout", fix: expect.stringContaining("no broker of Kafka is at that port") },
  ],
  [
    "a broker that gives an address which cannot be reached from here",
    new NetworkError("Connection to broker-7.internal:9092 failed.", { cause: socket("ENOTFOUND") }),
    { reason: "dns", hold: true, fix: expect.stringContaining("advertised.listeners") },
  ],
  [
    "nobody at the address that is configured",
    new NoBroker(broker, socket("ECONNREFUSED")),
    { reason: "connect", fix: expect.not.stringContaining("advertised.listeners") },
  ],
  ["too few replicas", new ProtocolError("NOT_ENOUGH_REPLICAS"), { reason: "busy" }],
  ["an error that nobody knows", new ProtocolError("UNKNOWN_SERVER_ERROR"), { reason: "server_error" }],
  [
    "that the client is missing",
    new MissingPackage("the client is not installed"),
    { hold: true, detail: "the client is not installed", fix: expect.stringContaining("npm install -g") },
  ],
  [
    "a port with TLS",
    new UserError("Broker requires TLS."),
    { hold: true, fix: expect.stringContaining("transport: tls") },
  ],
])("tells %s", (_, error, expected) => {
  const fault = kafkaFault(error, words);
  expect(fault).toMatchObject({ status: "retry", ...expected });
  if (!("hold" in expected)) expect(fault).not.toHaveProperty("hold");
});

it("shows no secret that a broker repeats", () => {
  const error = new ProtocolError("SASL_AUTHENTICATION_FAILED", "not accepted: me/a-long-password");
  expect(kafkaFault(error, words).detail).toContain("not accepted: me/***");
});
