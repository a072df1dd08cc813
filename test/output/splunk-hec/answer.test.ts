import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hecAnswer } from "../../../src/output/splunk-hec/answer.ts";

const now = Date.UTC(2026, 7, 1);

function answer(status: number, body: object | string, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return hecAnswer({ status, headers, text }, 10, now);
}

describe("hecAnswer", () => {
  it.each([
    [401, 2, "unauthorized", "token"],
    [401, 3, "unauthorized", "token"],
    [403, 1, "forbidden", "token"],
    [403, 4, "unauthorized", "token"],
    [400, 5, "configuration", "body"],
    [400, 7, "wrong_destination", "index"],
    [400, 10, "configuration", "ack"],
    [400, 11, "configuration", "ack"],
    [400, 14, "configuration", "ack"],
    [400, 16, "configuration", "query"],
    [400, 21, "unauthorized", "token"],
    [400, 22, "forbidden", "token"],
  ])("holds on HTTP %i code %i, and the fix names the %s", (status, code, reason, key) => {
    const result = answer(status, { text: "words", code, "invalid-event-number": 3 });
    expect(result).toMatchObject({ status: "retry", hold: true, reason, detail: `code ${code}: words` });
    expect((result as { fix: string }).fix).toContain(key);
  });

  it.each([0, 6, 12, 13, 16])("takes a google.rpc.Status with code %i for no word of Splunk", (code) => {
    for (const status of [200, 400])
      expect(answer(status, { code, message: "missing authorization header" })).toMatchObject({
        status: "retry",
        hold: true,
        reason: "configuration",
        detail: expect.stringContaining("missing authorization"),
      });
  });

  it.each([
    [500, 8, "server_error"],
    [503, 9, "busy"],
    [503, 18, "busy"],
    [503, 19, "busy"],
    [503, 20, "busy"],
    [503, 23, "busy"],
    [429, 26, "rate_limited"],
    [429, 27, "rate_limited"],
  ])("retries HTTP %i code %i", (status, code, reason) => {
    const result = answer(status, { text: "words", code }, { "retry-after": "3" });
    expect(result).toMatchObject({ status: "retry", reason, retryAfterMs: 3000 });
    expect(result).not.toHaveProperty("hold");
  });

  it.each([6, 12, 13, 15])("gives up the event that code %i names, and only that", (code) => {
    const named = { text: "words", code, "invalid-event-number": 9 };
    expect(answer(400, named)).toEqual({
      status: "refused",
      reason: "bad_event",
      detail: `code ${code}: words`,
      named: [9],
    });
  });

  it.each([undefined, 10, -1, 1.5, "3", null])("names no culprit when the event number is %s", (number) => {
    const result = answer(400, { text: "words", code: 6, "invalid-event-number": number });
    expect(result).toMatchObject({ status: "refused", reason: "bad_event" });
    expect(result).not.toHaveProperty("named");
  });

  it("accepts code 0, and slows down on 24 and 25", () => {
    expect(answer(200, { text: "Success", code: 0 })).toEqual({ status: "accepted", ackId: undefined });
    expect(answer(200, { text: "Success", code: 0, ackId: 7 })).toEqual({ status: "accepted", ackId: 7 });
    for (const code of [24, 25]) {
      expect(answer(200, { text: "queue", code })).toMatchObject({ status: "accepted", slowDownMs: 5000 });
      expect(answer(200, { text: "queue", code }, { "retry-after": "9" })).toMatchObject({
        slowDownMs: 9000,
      });
    }
  });

  it("halves a batch on 413, whatever the words", () => {
    for (const body of ["<html>", { text: "Content-Length of 9 too large", code: 27 }])
      expect(answer(413, body)).toMatchObject({ status: "refused", reason: "too_large" });
  });

  it("never takes a 200 for a delivery without Splunk's code 0, 24 or 25", () => {
    for (const body of [
      "",
      "OK",
      "<html>",
      "[]",
      "null",
      "{}",
      { code: "0" },
      { code: 17, text: "HEC is healthy" },
      { code: 99 },
    ])
      expect(answer(200, body)).toMatchObject({ status: "retry", reason: "configuration", hold: true });
  });

  it.each([
    "<html><center>400 The plain HTTP request was sent to HTTPS port</center></html>",
    "<html><center>400 No required SSL certificate was sent</center></html>",
    "Client sent an HTTP request to an HTTPS server.\n",
    '{"message":"Bad Request"}',
    "",
  ])("holds when a gateway answers 400 in its own words: %s", (body) => {
    expect(answer(400, body)).toMatchObject({ status: "retry", reason: "configuration", hold: true });
  });

  it("refuses with a code that nobody knows yet, when the status speaks about the events", () => {
    expect(answer(400, { text: "Odd event", code: 28 })).toMatchObject({
      status: "refused",
      reason: "bad_event",
    });
    expect(answer(500, { text: "Odd trouble", code: 28 })).toMatchObject({ reason: "server_error" });
  });

  it("goes by the status when a failure carries the words of a success", () => {
    expect(answer(502, { text: "Success", code: 0 })).toMatchObject({
      status: "retry",
      reason: "server_error",
    });
    expect(answer(404, { text: "not found", code: 404 })).toMatchObject({ reason: "not_found", hold: true });
  });

  it("accepts nothing but success, whatever arrives", () => {
    const code = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.anything());
    const body = fc.oneof(
      fc.string(),
      fc.record({ code, text: fc.anything(), ackId: fc.anything() }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, (status, text) => {
        const result = answer(status, text);
        if (result.status !== "accepted") return;
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(300);
        expect([0, 24, 25]).toContain(JSON.parse(text).code);
      }),
    );
  });
});
