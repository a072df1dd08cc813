import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GrpcReply, grpcCodes } from "../../../src/net/grpc/grpc.ts";
import { grpcAnswer } from "../../../src/output/otlp/grpc-answer.ts";
import { Secret } from "../../../src/secret/secret.ts";

const secrets = [new Secret("s3cr3t-token")];
const answer = (reply: Partial<GrpcReply>, events = 3) =>
  grpcAnswer(
    {
      status: 200,
      headers: {},
      code: 0,
      words: "",
      details: undefined,
      message: Buffer.alloc(0),
      ...reply,
    },
    events,
    0,
    secrets,
  );

/** A google.rpc.Status with these details. */
function status(...details: readonly Buffer[]): Buffer {
  return Buffer.concat(details.map((any) => Buffer.concat([Buffer.of(0x1a, any.length), any])));
}
function any(type: string, value: Buffer): Buffer {
  const name = Buffer.from(`type.googleapis.com/${type}`);
  return Buffer.concat([Buffer.of(0x0a, name.length), name, Buffer.of(0x12, value.length), value]);
}
/** 1.5 seconds: `seconds` 1, `nanos` 500,000,000. */
const delay = Buffer.of(0x0a, 8, 0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01);
const retryInfo = any("google.rpc.RetryInfo", delay);

describe("an answer over gRPC", () => {
  it("is a delivery where it is ok and rejects nothing", () => {
    expect(answer({})).toEqual({ status: "delivered", rejected: [] });
    const warned = Buffer.from("\u000a\u0006\u0012\u0004hmm!");
    expect(answer({ message: warned })).toEqual({ status: "delivered", rejected: [], warning: "hmm!" });
  });

  it("refuses a batch of which records were rejected", () => {
    expect(answer({ message: Buffer.of(0x0a, 2, 0x08, 2) })).toEqual({
      status: "refused",
      reason: "partial_success",
      detail: "2 of 3 records rejected: no reason given",
    });
  });

  it("does not believe an ok with something else in it", () => {
    expect(answer({ message: Buffer.from("<!doctype html>") })).toMatchObject({
      status: "retry",
      hold: true,
    });
  });

  it.each([
    ["cancelled", "busy", false],
    ["unknown", "server_error", false],
    ["deadlineExceeded", "timeout", false],
    ["notFound", "not_found", true],
    ["alreadyExists", "configuration", true],
    ["permissionDenied", "forbidden", true],
    ["resourceExhausted", "rate_limited", false],
    ["failedPrecondition", "configuration", true],
    ["aborted", "busy", false],
    ["outOfRange", "server_error", false],
    ["unimplemented", "not_found", true],
    ["internal", "server_error", false],
    ["unavailable", "busy", false],
    ["dataLoss", "server_error", false],
    ["unauthenticated", "unauthorized", true],
  ] as const)("keeps everything: %s", (name, reason, hold) => {
    const result = answer({ code: grpcCodes[name], words: "words" });
    expect(result).toMatchObject({ status: "retry", reason });
    expect("hold" in result).toBe(hold);
    expect("fix" in result).toBe(hold);
  });

  it("keeps everything under a code that nobody knows", () => {
    expect(answer({ code: 99 })).toMatchObject({
      status: "retry",
      reason: "server_error",
      detail: "gRPC 99",
    });
  });

  it("waits an hour at most, whatever a RetryInfo says", () => {
    // 2^34 seconds.
    const ages = any("google.rpc.RetryInfo", Buffer.of(0x0a, 6, 0x08, 0x80, 0x80, 0x80, 0x80, 0x40));
    expect(answer({ code: 14, details: status(ages) })).toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it("waits as long as a RetryInfo says, also where it stands behind other details", () => {
    const details = status(any("google.rpc.DebugInfo", Buffer.of(0x12, 1, 0x61)), retryInfo);
    for (const code of [grpcCodes.resourceExhausted, grpcCodes.unavailable])
      expect(answer({ code, details })).toMatchObject({ status: "retry", retryAfterMs: 1_500 });
    const cut = details.subarray(0, -3);
    expect(answer({ code: 8, details: cut })).not.toHaveProperty("retryAfterMs");
  });

  it("sends fewer where a message is too large, and no fewer where the receiver wants time", () => {
    const words = "grpc: received message larger than max (5000000 vs. 4194304)";
    expect(answer({ code: 8, words })).toMatchObject({ status: "refused", reason: "too_large" });
    expect(answer({ code: 8, words, details: status(retryInfo) })).toMatchObject({
      status: "retry",
      reason: "rate_limited",
    });
  });

  it.each([
    [11, "Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304 bytes"],
    [8, "Error decompressing: size limit, of 4194304 bytes, exceeded while decompressing message"],
    [2, "Payload Too Large"],
  ])("sends fewer where a library says it in its own way: %i %s", (code, words) => {
    expect(answer({ code, words })).toMatchObject({ status: "refused", reason: "too_large" });
  });

  it.each([
    'grpc: Decompressor is not installed for grpc-encoding "gzip"',
    "Content is compressed with `gzip` which isn't supported",
    "Can't find decompressor for gzip",
    "Compression algorithm 'gzip' is disabled.",
  ])("names the compression where the receiver has none: %s", (words) => {
    expect(answer({ code: 12, words })).toMatchObject({
      ...{ status: "retry", hold: true, reason: "configuration" },
      fix: expect.stringContaining("compression: none"),
    });
  });

  it("refuses what is invalid, in the receiver's words without secrets", () => {
    expect(answer({ code: 3, words: "bad \u001b[2J s3cr3t-token" })).toEqual({
      status: "refused",
      reason: "bad_event",
      detail: "gRPC INVALID_ARGUMENT: bad \\u001b[2J ***",
    });
  });

  it("is one of the results there are, whatever the server says", () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.string({ unit: "binary" }),
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }),
        (code, words, details, message) => {
          const result = answer({
            code,
            words,
            details: Buffer.from(details),
            message: Buffer.from(message),
          });
          expect(["delivered", "retry", "refused"]).toContain(result.status);
          if ("detail" in result) expect(result.detail).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });

  it("takes what is no answer of gRPC for one of HTTP", () => {
    const page = (http: number) => answer({ status: http, code: undefined, words: "<html>" });
    expect(page(200)).toMatchObject({ status: "retry", reason: "configuration", hold: true });
    expect(page(502)).toMatchObject({ status: "retry", reason: "server_error" });
    expect(page(401)).toMatchObject({ status: "retry", reason: "unauthorized", hold: true });
  });
});
