import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tlsOptions } from "../../src/net/tls.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";

let made: Certificates;
beforeAll(() => {
  made = certificates();
});
afterAll(() => made.remove());

/** The message of what `tlsOptions` throws. */
function refusal(config: Record<string, string>): string {
  try {
    tlsOptions(config as never);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("tlsOptions", () => {
  it("verifies, and speaks TLS 1.2 or newer, whatever is left out", () => {
    expect(tlsOptions(undefined)).toEqual({ minVersion: "TLSv1.2", rejectUnauthorized: true });
    expect(tlsOptions({ insecure_skip_verify: true } as never).rejectUnauthorized).toBe(false);
  });

  it("reads the files, and passes the server's name on", () => {
    const { cert, key } = made.issue("client", { client: true });
    const options = tlsOptions({ ca: made.ca, cert, key, server_name: "siem.example" } as never);
    expect(String(options.ca)).toContain("BEGIN CERTIFICATE");
    expect(String(options.key)).toContain("BEGIN PRIVATE KEY");
    expect(options.servername).toBe("siem.example");
  });

  it("names the file that is missing or no PEM file", () => {
    const text = join(dirname(made.ca), "no.pem");
    writeFileSync(text, "not a certificate");
    expect(refusal({ ca: "/nowhere/ca.pem" })).toBe("tls.ca: cannot read /nowhere/ca.pem (ENOENT)");
    expect(refusal({ ca: text })).toBe(`tls.ca: ${text} is not a PEM file`);
    rmSync(text);
  });

  it("says that certificate and key do not belong together, without what is in them", () => {
    const { cert } = made.issue("one");
    const { key } = made.issue("other");
    expect(refusal({ cert, key })).toMatch(/cannot be used together \(.*one\.pem.*other\.key\): ERR_/);
  });

  it("does not repeat a key that was given in place of its path", () => {
    const message = refusal({ key: "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----" });
    expect(message).toContain("give the path");
    expect(message).not.toContain("MIGHAgEA");
  });
});
