import { execFileSync } from "node:child_process";
import { getCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { systemAuthorities } from "../../src/net/authorities.ts";
import { certificates } from "../fake/certificates.ts";

const file = fileURLToPath(new URL("../../src/net/authorities.ts", import.meta.url));

/** Whether a process whose environment is this trusts the authority. */
function trusts(ca: string, environment: Record<string, string>): boolean {
  const script = `
    import { readFileSync } from "node:fs";
    import { systemAuthorities } from ${JSON.stringify(file)};
    const [wanted, ...all] = [readFileSync(${JSON.stringify(ca)}, "utf8"), ...systemAuthorities()];
    process.stdout.write(String(all.map((pem) => pem.trim()).includes(wanted.trim())));`;
  const env = { PATH: process.env.PATH ?? "", ...environment };
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { env }).toString() === "true";
}

describe("the authorities that are trusted where none are named", () => {
  it("are Node's own and more, each once", () => {
    const all = systemAuthorities();
    expect(all).toEqual(expect.arrayContaining(getCACertificates("bundled")));
    expect(new Set(all).size).toBe(all.length);
    expect(systemAuthorities()).toBe(all);
  });

  it("are those of the system and of NODE_EXTRA_CA_CERTS too, without any switch of Node", () => {
    const made = certificates();
    try {
      expect(trusts(made.ca, {})).toBe(false);
      expect(trusts(made.ca, { SSL_CERT_FILE: made.ca })).toBe(true);
      expect(trusts(made.ca, { NODE_EXTRA_CA_CERTS: made.ca })).toBe(true);
    } finally {
      made.remove();
    }
  });
});
