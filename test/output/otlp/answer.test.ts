import { describe, expect, it } from "vitest";
import { otlpAnswer } from "../../../src/output/otlp/answer.ts";
import { Secret } from "../../../src/secret/secret.ts";

const json = "application/json";
const protobuf = "application/x-protobuf";
const secrets = [new Secret("s3cr3t-token")];

function answer(
  status: number,
  type: string | undefined,
  body: string | Buffer = "",
  headers: Record<string, string> = {},
) {
  const all = type === undefined ? headers : { "content-type": type, ...headers };
  return otlpAnswer(
    { status, headers: all, body: Buffer.from(body) },
    3,
    Date.parse("2026-08-01T00:00:00Z"),
    secrets,
  );
}

const delivered = { status: "delivered", rejected: [] };
const some = (detail: string) => ({ status: "refused", reason: "partial_success", detail });

describe("an OTLP answer", () => {
  it.each([
    ["an empty protobuf message", 200, protobuf, ""],
    ["an empty JSON object", 200, json, "{}"],
    ["JSON with an empty partial success", 200, `${json}; charset=utf-8`, '{"partialSuccess":{}}'],
    ["JSON without a partial success", 200, json, '{"partialSuccess":null}'],
    ["JSON with fields of a later version", 200, json, '{"partialSuccess":{},"later":1}'],
    ["an empty object", 200, json, "{}"],
    ["the 204 of some stores", 204, undefined, ""],
    ["an empty answer without a type", 200, undefined, ""],
    ["protobuf with fields of a later version", 200, protobuf, Buffer.of(0x7a, 0x02, 0x61, 0x62)],
  ])("is a delivery: %s", (_, status, type, body) => {
    expect(answer(status, type, body)).toEqual(delivered);
  });

  it("refuses a batch of which records were rejected, as texts, numbers or varints", () => {
    expect(answer(200, json, '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}}')).toEqual(
      some("2 of 3 records rejected: no"),
    );
    expect(answer(200, json, '{"partialSuccess":{"rejectedLogRecords":1}}')).toEqual(
      some("1 of 3 records rejected: no reason given"),
    );
    expect(answer(200, protobuf, Buffer.from("0a060802120262630a", "hex").subarray(0, 8))).toEqual(
      some("2 of 3 records rejected: bc"),
    );
    expect(answer(202, protobuf, Buffer.of(0x0a, 0x02, 0x08, 0x01))).toEqual(
      some("1 of 3 records rejected: no reason given"),
    );
  });

  it("escapes and shortens what the receiver says, and blots out secrets", () => {
    const result = answer(
      200,
      json,
      JSON.stringify({
        partialSuccess: { rejectedLogRecords: 1, errorMessage: `\u001b[2J s3cr3t-token ${"x".repeat(2000)}` },
      }),
    );
    const detail = result.status === "refused" ? result.detail : "";
    expect(detail).toMatch(/^1 of 3 records rejected: \\u001b\[2J \*\*\* x+$/);
    expect(detail.length).toBeLessThanOrEqual(500);
  });

  it.each([
    ["a web page", 200, "text/html", "<!doctype html>"],
    ["an empty web page", 200, "text/html", ""],
    ["a web page called protobuf", 200, protobuf, "<!doctype html><title>Sign in</title>"],
    ["a web page called JSON", 200, json, "<!doctype html>"],
    ["JSON that is no object", 200, json, "[]"],
    ["JSON of something else", 200, json, '{"error":"boom"}'],
    ["JSON of something else with a number", 200, json, '{"code":3,"msg":"no"}'],
    ["JSON with nonsense for a count", 200, json, '{"partialSuccess":{"rejectedLogRecords":"some"}}'],
    ["JSON with less than nothing for a count", 200, json, '{"partialSuccess":{"rejectedLogRecords":"-1"}}'],
    ["JSON with a negative number", 200, json, '{"partialSuccess":{"rejectedLogRecords":-2}}'],
    ["JSON with a list for a count", 200, json, '{"partialSuccess":{"rejectedLogRecords":[]}}'],
    ["JSON with yes for a count", 200, json, '{"partialSuccess":{"rejectedLogRecords":true}}'],
    ["JSON with a list for a partial success", 200, json, '{"partialSuccess":[]}'],
    ["JSON with a number for a partial success", 200, json, '{"partialSuccess":7}'],
    ["a negative count", 200, protobuf, Buffer.from("0a0b08ffffffffffffffffff01", "hex")],
    ["a count of eleven bytes", 200, protobuf, Buffer.from("0a0c08ffffffffffffffffffff01", "hex")],
    ["text without a type", 200, undefined, "ok"],
    ["a cut protobuf message", 200, protobuf, Buffer.of(0x0a, 0x20, 0x08)],
  ])("is no delivery, and waits for a person: %s", (_, status, type, body) => {
    expect(answer(status, type, body)).toMatchObject({
      status: "retry",
      reason: "configuration",
      hold: true,
    });
  });

  it.each([
    [429, "rate_limited"],
    [502, "server_error"],
    [503, "busy"],
    [504, "server_error"],
    [500, "server_error"],
    [408, "timeout"],
  ])("%i is tried again", (status, reason) => {
    expect(answer(status, protobuf)).toMatchObject({ status: "retry", reason });
    expect(answer(status, protobuf)).not.toHaveProperty("hold");
  });

  it("honours Retry-After in seconds and as a date", () => {
    expect(answer(429, protobuf, "", { "retry-after": "17" })).toMatchObject({ retryAfterMs: 17_000 });
    expect(answer(503, protobuf, "", { "retry-after": "Sat, 01 Aug 2026 00:01:00 GMT" })).toMatchObject({
      retryAfterMs: 60_000,
    });
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [307, "redirect"],
  ])("%i waits for a person", (status, reason) => {
    expect(answer(status, protobuf)).toMatchObject({ status: "retry", reason, hold: true });
  });

  it.each([
    ["application/octet-stream", 400],
    ["application/octet-stream", 422],
    [undefined, 400],
  ])("OTLP-400: knows a google.rpc.Status without a code as %s, as Loki sends it", (type, status) => {
    const words = "entry for stream has timestamp too old";
    const body = Buffer.concat([Buffer.of(0x12, words.length), Buffer.from(words)]);
    expect(answer(status, type, body)).toEqual({
      status: "refused",
      reason: "bad_event",
      detail: `HTTP ${status}: ${words}`,
    });
  });

  it.each(["no org id", "", "\u0012 is no field", "<html></html>"])(
    "takes no other words under application/octet-stream for it: %j",
    (words) => {
      expect(answer(400, "application/octet-stream", words)).toMatchObject({ status: "retry", hold: true });
    },
  );

  it("OTLP-400: refuses the batch, with the words of google.rpc.Status in protobuf and JSON", () => {
    const status = Buffer.concat([Buffer.of(0x08, 0x03, 0x12, 0x08), Buffer.from("bad data")]);
    expect(answer(400, protobuf, status)).toEqual({
      status: "refused",
      reason: "bad_event",
      detail: "HTTP 400: bad data",
    });
    const long = Buffer.concat([Buffer.of(0x08, 0x03, 0x12, 0xac, 0x02), Buffer.from("y".repeat(300))]);
    expect(answer(400, protobuf, long)).toEqual({
      status: "refused",
      reason: "bad_event",
      detail: `HTTP 400: ${"y".repeat(300)}`,
    });
    expect(answer(400, json, '{"code":3,"message":"bad data"}')).toMatchObject({
      detail: "HTTP 400: bad data",
    });
    expect(answer(422, json, '{"message":"s3cr3t-token is bad"}')).toMatchObject({
      status: "refused",
      detail: "HTTP 422: *** is bad",
    });
    expect(answer(413, "text/plain", "too big")).toMatchObject({ status: "refused", reason: "too_large" });
  });

  it.each([
    [
      "a gateway's page",
      "text/html",
      "<html><center>400 The plain HTTP request was sent to HTTPS port</center>",
    ],
    ["a Go server's text", "text/plain; charset=utf-8", "Client sent an HTTP request to an HTTPS server.\n"],
    ["somebody's JSON", json, '{"error":"boom"}'],
    ["text called protobuf", protobuf, "bad request"],
  ])("OTLP-400: says nothing about an event when it is %s", (_, type, body) => {
    for (const status of [400, 422])
      expect(answer(status, type, body)).toMatchObject({
        status: "retry",
        hold: true,
        reason: "configuration",
      });
  });
});
