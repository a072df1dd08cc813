import { expect, it } from "vitest";
import { sortOf } from "../../src/bucket/refusal.ts";

it.each([
  [undefined, "CredentialsProviderError", "no_credentials"],
  [undefined, "SELF_SIGNED_CERT_IN_CHAIN", "not_trusted"],
  [undefined, "ECONNREFUSED", "unreached"],
  [403, "SignatureDoesNotMatch", "bad_credentials"],
  [401, "authError", "bad_credentials"],
  [301, "PermanentRedirect", "other_region"],
  [503, "SlowDown", "busy"],
  [429, "", "busy"],
  [500, "InternalError", "fails"],
  [403, "AccessDenied", "asked"],
  [412, "PreconditionFailed", "asked"],
] as const)("%s %s is %s", (status, code, sort) => {
  expect(sortOf({ status, code, message: "" })).toBe(sort);
});
