import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readAttestKey, readOrMakeAttestKey } from "../../src/archive/attest-key.ts";
import { fingerprintOf } from "../../src/archive/manifest.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "attest-key-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

it("a key is made once, for its owner alone, and is the same from then on", () => {
  const path = join(place, "attest-key.pem");
  writeFileSync(`${path}.new`, "left by a crash");
  const made = readOrMakeAttestKey(path);
  const again = readOrMakeAttestKey(path);
  expect(fingerprintOf(createPublicKey(again))).toBe(fingerprintOf(createPublicKey(made)));
  expect([statSync(path).mode & 0o777, readdirSync(place)]).toEqual([0o600, ["attest-key.pem"]]);
});

it("a file that is no such key, or that others may read, is refused by its name and not by its content", () => {
  const path = join(place, "key.pem");
  expect(() => readAttestKey(path)).toThrow("ENOENT");
  writeFileSync(path, "-----BEGIN SECRET-----", { mode: 0o600 });
  expect(() => readAttestKey(path)).toThrow(`${path} is no private Ed25519 key`);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
  expect(() => readOrMakeAttestKey(path)).toThrow("openssl genpkey -algorithm ed25519");
  chmodSync(path, 0o640);
  expect(() => readOrMakeAttestKey(path)).toThrow(`chmod 600 ${path}`);
});
