import { afterEach, describe, expect, it } from "vitest";
import type { Finding } from "../../../src/finding.ts";
import type { Output } from "../../../src/output/output.ts";
import { splunkHecKind } from "../../../src/output/splunk-hec/kind.ts";
import type { ReceivedRequest, ReceiverReply } from "../../../src/simulate/http-behaviour.ts";
import { startHttpReceiver } from "../../../src/simulate/http-receiver.ts";
import { sampleEvent } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

type Answers = (request: ReceivedRequest) => ReceiverReply;
const token = "11111111-2222-3333-4444-555555555555";

async function outputTo(answers: Answers, options: object = {}): Promise<Output> {
  const receiver = await startHttpReceiver({ accept: answers });
  const written = { name: "siem", type: "splunk_hec", url: receiver.url, token, ...options };
  const output = splunkHecKind.create(splunkHecKind.schema.parse(written), outputContext);
  opened.push(output, receiver);
  return output;
}

const probed = async (answers: Answers, options: object = {}) =>
  (await outputTo(answers, options)).probe(AbortSignal.timeout(5_000));
const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);
const endpoint = ({ path }: ReceivedRequest) => path.split("/").at(-1) ?? "";
const json = (status: number, body: object): ReceiverReply => ({ status, body: JSON.stringify(body) });
const text = (status: number, body: string): ReceiverReply => ({
  status,
  headers: { "content-type": "text/plain" },
  body,
});
const right = ({ headers }: ReceivedRequest) => headers.authorization === `Splunk ${token}`;

/** Fluent Bit's in_splunk: as it was at first, and with its newer HTTP server. */
const fluentBit =
  (empty: ReceiverReply): Answers =>
  (request) => {
    if (request.method === "GET")
      return endpoint(request) === "health"
        ? json(200, { text: "Success", code: 200 })
        : text(400, "error: invalid HTTP endpoint\n");
    if (!right(request)) return text(401, "error: unauthorized\n");
    if (endpoint(request) !== "event") return text(400, "error: invalid HTTP endpoint\n");
    return request.body.length === 0 ? empty : json(200, { text: "Success", code: 0 });
  };
const older = fluentBit(text(400, "error: no payload found\n"));
const newer = fluentBit(json(400, { text: "Invalid data format", code: 6 }));

/** The OpenTelemetry Collector's splunkhecreceiver without an `ack` extension: whatever is no health check is events. */
const collector: Answers = (request) => {
  if (endpoint(request) === "health") return json(200, { text: "HEC is healthy", code: 17 });
  if (!right(request)) return json(401, { code: 16, message: "unauthorized" });
  if (request.body.length === 0) return json(400, { text: "No data", code: 5 });
  if (endpoint(request) === "ack") return json(400, { text: "Event field is required", code: 12 });
  return json(200, { text: "Success", code: 0 });
};

const plain: Answers = (request) =>
  endpoint(request) === "health" ? text(200, "OK") : text(200, request.body.length === 0 ? "ok" : "thanks");

describe("check of a receiver that takes HEC and is not Splunk", () => {
  it.each([
    ["Fluent Bit, older", older],
    ["Fluent Bit, newer", newer],
    ["one of plain words", plain],
  ] as const)("is no problem, and says what is not proven: %s", async (_, answers) => {
    const findings = await probed(answers);
    expect(levels(findings)).toEqual(["warning", "warning", "ok"]);
    expect(findings[0]).toMatchObject({
      text: expect.stringMatching(/another receiver than Splunk.*HTTP 200.*not proven/),
      fix: expect.stringContaining("--send-test-event"),
      open: true,
    });
    expect(findings[1]).toMatchObject({
      text: expect.stringMatching(/token is right is not proven/),
      open: true,
    });
  });

  it.each([
    ["Fluent Bit", newer],
    ["an OpenTelemetry Collector", collector],
  ] as const)("is a problem where the token is wrong: %s", async (_, answers) => {
    expect((await probed(answers, { token: "wrong" })).at(-1)).toMatchObject({
      level: "problem",
      fix: expect.stringMatching(/credential|token/),
    });
  });

  it.each([
    ["Fluent Bit", older],
    ["an OpenTelemetry Collector", collector],
    [
      "one where the endpoint is missing",
      (request: ReceivedRequest) =>
        endpoint(request) === "ack" ? text(404, "not found") : collector(request),
    ],
    [
      "one that answers everything with a success",
      (request: ReceivedRequest) =>
        endpoint(request) === "ack" ? json(200, { text: "Success", code: 0 }) : collector(request),
    ],
  ] as const)("names the cure where `ack: true` is set and nothing acknowledges: %s", async (_, answers) => {
    const output = await outputTo(answers, { ack: true });
    const findings = await output.probe(AbortSignal.timeout(5_000));
    expect(levels(findings)).not.toContain("problem");
    expect(findings.find(({ fix }) => fix?.includes("`ack: false`"))).toMatchObject({
      level: "warning",
      text: expect.stringContaining("delivered means received"),
    });
    const payloads = payloadsOf(output, [sampleEvent(1)]);
    expect(await output.send(payloads, AbortSignal.timeout(5_000))).toMatchObject({
      status: "delivered",
      worth: "received",
      warning: expect.stringContaining("ack: false"),
    });
  });
});

it("says what follows where a proxy turns questions about acknowledgement away and the token gives ids", async () => {
  const answers: Answers = (request) => {
    if (endpoint(request) === "ack") return text(404, "not found");
    if (endpoint(request) === "health") return json(200, { text: "HEC is healthy", code: 17 });
    if (request.body.length === 0) return json(400, { text: "No data", code: 5 });
    return json(200, { text: "Success", code: 0, ackId: 0 });
  };
  const output = await outputTo(answers, { ack: true });
  expect(await output.probe(AbortSignal.timeout(5_000))).toContainEqual({
    level: "warning",
    text: expect.stringMatching(/HTTP 404.*unless the receiver gives acknowledgement ids.*holds/),
    fix: expect.stringContaining("/services/collector/ack"),
  });
  const payloads = payloadsOf(output, [sampleEvent(1)]);
  expect(await output.send(payloads, AbortSignal.timeout(5_000))).toMatchObject({ hold: true });
});

describe("check of something that takes no HEC", () => {
  it.each<[string, Answers]>([
    [
      "a login page",
      () => ({ status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in" }),
    ],
    [
      "a page without its type",
      () => ({ status: 200, headers: { "content-type": "" }, body: "\n <!doctype html>" }),
    ],
    [
      "an OTLP receiver",
      ({ path }) => (path === "/v1/logs" ? json(200, {}) : text(404, "404 page not found")),
    ],
    [
      "one that wants another credential",
      () => json(401, { code: 16, message: "missing authorization header" }),
    ],
    ["plain HTTP at a TLS port", () => text(400, "Client sent an HTTP request to an HTTPS server.\n")],
    [
      "nginx",
      () => ({ status: 400, headers: { "content-type": "text/html" }, body: "<html>400 Bad Request" }),
    ],
  ])("is a problem with its fix: %s", async (_, answers) => {
    expect((await probed(answers)).at(-1)).toMatchObject({
      level: "problem",
      fix: expect.stringMatching(/\S/),
    });
  });
});
