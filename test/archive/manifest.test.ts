import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  fingerprintOf,
  type Manifest,
  manifestName,
  manifestNumber,
  readManifest,
  signedText,
} from "../../src/archive/manifest.ts";
import { sha256 } from "../../src/archive/sha256.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const manifest: Manifest = {
  ...{ version: 1, number: 0, date: "2026-08-08", written: "2026-08-08T00:30:00.000Z" },
  ...{ previous: null, recovered: null, days: [], files: [], gaps: [], dead_letters: [] },
};

describe("a manifest", () => {
  it("is read as it was signed, and found by its number", () => {
    const text = signedText(manifest, privateKey);
    expect(readManifest(text)).toEqual({
      ...{ manifest, hash: sha256(text), fingerprint: fingerprintOf(publicKey), isSigned: true },
    });
    expect(manifestName(manifest)).toBe("manifests/000000.json");
    expect(manifestNumber(manifestName({ ...manifest, number: 1_234_567 }))).toBe(1_234_567);
    expect(manifestNumber(`a/b/${manifestName(manifest)}`)).toBeUndefined();
    expect(manifestNumber("year=2026/month=08/day=01/a.json")).toBeUndefined();
  });

  it("is not signed any more when a byte of it is another, whoever's key stands below", () => {
    const text = signedText(manifest, privateKey);
    expect(readManifest(text.replace('"number":0', '"number":1')).isSigned).toBe(false);
    const other = signedText(manifest, generateKeyPairSync("ed25519").privateKey).split("\n");
    const [line] = text.split("\n");
    expect(readManifest(`${line}\n${other[1]}\n`).isSigned).toBe(true);
    expect(readManifest(`${line}\n${other[1]}\n`).fingerprint).not.toBe(fingerprintOf(publicKey));
  });

  it("can be verified with openssl", () => {
    const place = mkdtempSync(join(tmpdir(), "manifest-"));
    try {
      const [line = "", proof = "{}"] = signedText(manifest, privateKey).split("\n");
      const { signature, public_key } = JSON.parse(proof);
      const key = createPublicKey({ key: Buffer.from(public_key, "base64"), type: "spki", format: "der" });
      writeFileSync(join(place, "line"), line);
      writeFileSync(join(place, "signature"), Buffer.from(signature, "base64"));
      writeFileSync(join(place, "key.pem"), key.export({ type: "spki", format: "pem" }));
      const args = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "line"];
      const said = execFileSync("openssl", [...args, "-sigfile", "signature"], { cwd: place });
      expect(said.toString()).toContain("Signature Verified Successfully");
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  it.each([
    ["", "its first line is no JSON object"],
    ["{}\n{}\n", "it has the version undefined, and 1 is known"],
    ['{"version":1}\n{}\n', "it is no manifest"],
    [`${JSON.stringify(manifest)}\n{}\n`, "it has no signature"],
    [`${JSON.stringify(manifest)}\n{"signature":"","public_key":"AAAA"}\n`, "is no Ed25519 key"],
    [`${signedText(manifest, privateKey)}more`, "there is more in it"],
    [signedText(manifest, privateKey).slice(0, -1), "has no end"],
    // Whoever has the signature could otherwise make another hash of the same words.
    [signedText(manifest, privateKey).replace('"signature":', '"signature": '), "is not as it was written"],
    [signedText(manifest, privateKey).replace('","public', '==","public'), "is not as it was written"],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => readManifest(text)).toThrow(message);
  });
});
