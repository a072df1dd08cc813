import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { keyFileText, UnusableKeyFile } from "../../src/bucket/key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "key-file-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "key.json");
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" });

it.each([
  { type: "service_account", client_email: "a@b.example", private_key: pem },
  { client_email: "a@b.example", private_key: pem },
  { type: "external_account", audience: "x" },
])("takes a key, and what else Google's client knows: $type", (content) => {
  writeFileSync(file, JSON.stringify(content));
  expect(keyFileText(file)).toBe(JSON.stringify(content));
});

it.each([
  ["no JSON", "it is no JSON file"],
  ["", "it is no JSON file"],
  ["null", "it is no JSON file"],
  [JSON.stringify({ client_email: "a@b.example" }), "client_email or private_key is missing"],
  [JSON.stringify({ client_email: "a", private_key: "a-canary" }), "its private_key is none"],
  [
    JSON.stringify({
      ...{ type: "service_account", client_email: "a" },
      private_key: "-----BEGIN PRIVATE KEY-----\na-canary\n-----END PRIVATE KEY-----\n",
    }),
    "its private_key is none",
  ],
])("says what is wrong with %j, and nothing that is in it", (content, why) => {
  writeFileSync(file, content);
  const read = () => keyFileText(file);
  expect(read).toThrow(UnusableKeyFile);
  expect(read).toThrow(`${file} cannot be used: `);
  expect(read).toThrow(why);
  expect(read).not.toThrow("canary");
});

it("says that it cannot be read", () => {
  expect(() => keyFileText(join(folder, "none"))).toThrow("none cannot be read: ENOENT");
  expect(() => keyFileText(folder)).toThrow("cannot be read: it is a folder");
});
