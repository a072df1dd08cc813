import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { signingKey, writeChecksums } from "../../packaging/package/checksums.ts";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "sums-"));
});
afterEach(() => rmSync(out, { recursive: true }));

it("hashes what was built and nothing else, as sha256sum reads it", () => {
  writeFileSync(join(out, "wandb-audit-forwarder-2"), "two");
  writeFileSync(join(out, "wandb-audit-forwarder-1"), "one");
  writeFileSync(join(out, "other"), "other");
  writeFileSync(join(out, "SHA256SUMS.asc"), "of yesterday");
  writeChecksums(out, undefined);
  const sums = readFileSync(join(out, "SHA256SUMS"), "utf8");
  expect(sums.split("\n").map((line) => line.split("  ")[1])).toEqual([
    "wandb-audit-forwarder-1",
    "wandb-audit-forwarder-2",
    undefined,
  ]);
  expect(sums).toContain(`${createHash("sha256").update("one").digest("hex")}  wandb-audit-forwarder-1\n`);
  // A signature of other hashes would be worse than none.
  expect(existsSync(join(out, "SHA256SUMS.asc"))).toBe(false);
});

it("signs with the key that it is given, or fails", () => {
  expect(signingKey({})).toBeUndefined();
  expect(signingKey({ PACKAGE_SIGNING_KEY: "k", PACKAGE_SIGNING_PASSPHRASE: "p" })).toEqual({
    file: "k",
    passphrase: "p",
  });
  const none = { file: join(out, "none.asc"), passphrase: "never to be shown" };
  expect(() => writeChecksums(out, none)).toThrow(/^gpg does not sign: (?!.*never to be shown)/s);
});
