import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startEndpointReceiver } from "../../../../src/simulate/endpoint-receiver.ts";
import { sampleEvents } from "../../../contract/sample-event.ts";
import { payloadsOf } from "../../../fake/payloads.ts";
import { startTokenIssuer, type TokenIssuerStandIn } from "../../../fake/token-issuer.ts";
import { endpointOutput } from "../subject.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const closing: (() => unknown)[] = [];
let issuer: TokenIssuerStandIn;
let folder: string;
let keyFile: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "google-"));
  keyFile = join(folder, "key.json");
  issuer = await startTokenIssuer();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await issuer.close();
  rmSync(folder, { recursive: true });
});

const scope = "https://www.googleapis.com/auth/cloud-platform";
const write = (more: object = {}) =>
  writeFileSync(
    keyFile,
    JSON.stringify({
      ...{ client_email: "me@example.iam", private_key: pem, private_key_id: "k1" },
      ...{ token_uri: `${issuer.url}/token`, ...more },
    }),
  );

async function sent() {
  const receiver = await startEndpointReceiver({ authorization: () => "Bearer issued-token-0001" });
  const auth = { type: "google_service_account", key_file: keyFile, scope };
  const output = endpointOutput({ url: receiver.url, auth });
  closing.push(receiver.close, () => output.close());
  return output.send(payloadsOf(output, sampleEvents(1)), new AbortController().signal);
}

it("exchanges an assertion that its key has signed", async () => {
  write();
  expect(await sent()).toMatchObject({ status: "delivered" });
  const form = issuer.asked()[0]?.form;
  expect(form?.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
  const [head = "", claims = "", signature = ""] = form?.get("assertion")?.split(".") ?? [];
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  expect(read(head)).toEqual({ alg: "RS256", typ: "JWT", kid: "k1" });
  const { iat, exp, ...rest } = read(claims);
  expect(rest).toEqual({ iss: "me@example.iam", scope, aud: `${issuer.url}/token` });
  expect(exp - iat).toBe(3600);
  const key = createPublicKey(pair.privateKey);
  expect(
    verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url")),
  ).toBe(true);
});

it("holds where its key cannot sign, and shows nothing of it", async () => {
  write({ private_key: "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----" });
  const result = await sent();
  expect(result).toMatchObject({ status: "retry", hold: true, reason: "configuration" });
  expect(JSON.stringify(result)).not.toContain("nonsense");
});

it.each([
  ["is not there", () => {}, /ENOENT/],
  ["is no JSON", () => writeFileSync(keyFile, pem), /no JSON/],
  ["has no key", () => write({ private_key: 7 }), /client_email or private_key/],
])("says at the start that the file %s, and nothing that it holds", (_, prepare, words) => {
  prepare();
  const auth = { type: "google_service_account", key_file: keyFile, scope };
  expect(() => endpointOutput({ url: "https://in.example", auth })).toThrow(words);
});
