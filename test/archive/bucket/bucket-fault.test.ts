import { expect, it } from "vitest";
import type { ArchiveWords } from "../../../src/archive/bucket/archive-bucket.ts";
import { type BucketQuestion, bucketFault } from "../../../src/archive/bucket/bucket-fault.ts";
import { BrokenList } from "../../../src/bucket/list-place.ts";

const words: ArchiveWords = {
  ...{ where: "s3://logs/", list: "LIST", read: "READ", write: "WRITE", keep: "KEEP" },
  ...{ guards: "GUARDS", enable: "ENABLE", login: "LOGIN" },
};

it.each([
  ["write", 403, "AccessDenied", "forbidden", true, "allow WRITE"],
  ["list", 403, "AccessDenied", "forbidden", true, "allow LIST"],
  ["keep", 403, "AccessDenied", "forbidden", true, "allow KEEP"],
  ["write", 403, "SignatureDoesNotMatch", "unauthorized", true, "LOGIN"],
  ["write", undefined, "CredentialsProviderError", "unauthorized", true, "LOGIN"],
  ["write", 301, "PermanentRedirect", "configuration", true, "region"],
  ["write", 503, "SlowDown", "rate_limited", false, "roll"],
  ["write", 500, "InternalError", "server_error", false, "store"],
  ["write", 409, "ConditionalRequestConflict", "server_error", false, "tried again"],
  ["write", 404, "NoSuchBucket", "not_found", true, "bucket"],
  ["write", 400, "InvalidRequest: Bucket is missing Object Lock", "configuration", true, "ENABLE"],
  ["keep", 400, "InvalidRequest", "configuration", true, "ENABLE"],
  ["keep", 501, "NotImplemented", "configuration", true, "ENABLE"],
  ["write", 400, "InvalidArgument", "bad_answer", true, "endpoint"],
  ["write", undefined, "SELF_SIGNED_CERT_IN_CHAIN", "tls", true, "NODE_EXTRA_CA_CERTS"],
] as const)("%s, answered with %s %s: %s", (asked, status, code, reason, hold, fix) => {
  const refusal = { status, code, message: "with a-secret-of-ours in it" };
  const scrub = (text: string) => text.replaceAll("a-secret-of-ours", "***");
  const fault = bucketFault(new Error(code), refusal, asked satisfies BucketQuestion, words, scrub);
  expect(fault).toMatchObject({ reason, hold, fix: expect.stringContaining(fix) });
  expect(fault.message).toContain("s3://logs/");
  expect(fault.message).not.toContain("a-secret-of-ours");
});

it("a host that cannot be reached is the network's fault", () => {
  const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const refusal = { status: undefined, code: "ECONNREFUSED", message: error.message };
  expect(bucketFault(error, refusal, "write", words, (text) => text)).toMatchObject({
    reason: "connect",
    hold: false,
  });
});

it("a list that does not lead on is the store's fault, and no network's", () => {
  const error = new BrokenList("the pages of its list run in a circle");
  const refusal = { status: undefined, code: error.name, message: error.message };
  expect(bucketFault(error, refusal, "list", words, (text) => text)).toMatchObject({
    reason: "bad_answer",
    message: "s3://logs/ cannot be listed: the pages of its list run in a circle",
    fix: expect.stringContaining("endpoint"),
  });
});
