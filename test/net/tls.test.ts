import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tlsFiles } from "../../src/net/tls.ts";
import { type Certificates, certificates } from "../fake/certificates.ts";

let made: Certificates;
beforeAll(() => {
  made = certificates();
});
afterAll(() => made.remove());

/** The message of what `tlsFiles` throws. */
function refusal(config: Record<string, string>): string {
  try {
    tlsFiles(config as never);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("tlsFiles", () => {
  it("verifies, whatever is left out, unless the operator says otherwise", () => {
    expect(tlsFiles(undefined).options().session.rejectUnauthorized).toBe(true);
    expect(tlsFiles({ insecure_skip_verify: true }).options().session.rejectUnauthorized).toBe(false);
  });

  it("reads the files, and passes the server's name on", () => {
    const { cert, key } = made.issue("client", { client: true });
    const options = tlsFiles({ ca: made.ca, cert, key, server_name: "siem.example" }).options();
    expect(options.session.servername).toBe("siem.example");
    expect(options.from).toMatchObject({ key: "tls", ca: made.ca });
    expect(options.from.own?.subject).toBe("CN=client");
  });

  it("makes the context for the system's authorities once for all", () => {
    expect(tlsFiles(undefined).options().session.secureContext).toBe(
      tlsFiles({}).options().session.secureContext,
    );
  });

  it("names the file that is missing, no PEM file, or not what it should be", () => {
    const text = join(dirname(made.ca), "no.pem");
    const { key } = made.issue("some");
    writeFileSync(text, "not a certificate");
    expect(refusal({ ca: "/nowhere/ca.pem" })).toBe("tls.ca: cannot read /nowhere/ca.pem (ENOENT)");
    expect(refusal({ ca: dirname(made.ca) })).toContain("(it is a folder)");
    expect(refusal({ ca: text })).toBe(`tls.ca: ${text} is not a PEM file`);
    expect(refusal({ ca: key })).toBe(`tls.ca: ${key} holds no certificate`);
    expect(refusal({ cert: key, key })).toMatch(/^tls\.cert: .*some\.key cannot be read as a certificate/);
    expect(refusal({ key })).toBe("tls.cert and tls.key belong together: give both");
  });

  it("does not take half a file for a whole one", () => {
    const whole = readFileSync(made.ca, "utf8");
    const half = join(dirname(made.ca), "half.pem");
    writeFileSync(half, whole.slice(0, whole.length / 2));
    expect(refusal({ ca: half })).toBe(`tls.ca: ${half} holds no certificate`);
    writeFileSync(half, whole + whole.slice(0, whole.length / 2));
    expect(refusal({ ca: half })).toBe(`tls.ca: ${half} ends in the middle of a certificate`);
    writeFileSync(half, whole.replace(/^M..../m, "AAAAA"));
    expect(refusal({ ca: half })).toMatch(/certificate 1: .*half\.pem cannot be read/);
  });

  it("says that certificate and key do not belong together, without what is in them", () => {
    const { cert } = made.issue("one");
    const { key } = made.issue("other");
    expect(refusal({ cert, key })).toMatch(/do not belong together \(.*one\.pem.*other\.key\): ERR_/);
  });

  it("does not repeat a key that was given in place of its path", () => {
    const content = "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----";
    const message = refusal({ cert: made.ca, key: content });
    expect(message).toContain("give the path");
    expect(message).not.toContain("MIGHAgEA");
  });

  it("calls the keys of a proxy by their own names", () => {
    expect(() => tlsFiles({ ca: "/nowhere/ca.pem" }, "proxy_tls")).toThrow("proxy_tls.ca: cannot read");
  });
});

describe("a reload of TLS files", () => {
  it("takes over what has changed, whatever the times of the files say, and nothing else", () => {
    const { cert, key } = made.issue("changing", { client: true });
    const files = tlsFiles({ cert, key });
    const before = files.options();
    expect(files.reload()).toBe(false);
    expect(files.options().session.secureContext).toBe(before.session.secureContext);
    const { mtime } = statSync(cert);
    made.issue("changing", { client: true, subject: "renewed" });
    utimesSync(cert, mtime, mtime);
    expect(files.reload()).toBe(true);
    expect(files.options().from.own?.subject).toBe("CN=renewed");
    expect(files.options().session.secureContext).not.toBe(before.session.secureContext);
    expect(files.reload()).toBe(false);
  });

  it("keeps the old pair until both the certificate and its key are there", () => {
    const { cert, key } = made.issue("pair", { client: true });
    const files = tlsFiles({ cert, key });
    const next = made.issue("next", { client: true });
    copyFileSync(next.cert, cert);
    expect(() => files.reload()).toThrow("do not belong together");
    expect(() => files.reload()).toThrow("do not belong together");
    expect(files.options().from.own?.subject).toBe("CN=pair");
    copyFileSync(next.key, key);
    expect(files.reload()).toBe(true);
    expect(files.options().from.own?.subject).toBe("CN=next");
  });

  it("follows the links by which Kubernetes replaces a whole folder", () => {
    const folder = mkdtempSync(join(dirname(made.ca), "mounted-"));
    const put = (name: string) => {
      mkdirSync(join(folder, name));
      const { cert, key } = made.issue(name, { client: true });
      copyFileSync(cert, join(folder, name, "tls.crt"));
      copyFileSync(key, join(folder, name, "tls.key"));
      symlinkSync(name, join(folder, "..data_tmp"));
      renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    put("..2026_01");
    for (const name of ["tls.crt", "tls.key"]) symlinkSync(join("..data", name), join(folder, name));
    const files = tlsFiles({ cert: join(folder, "tls.crt"), key: join(folder, "tls.key") });
    put("..2026_02");
    expect(files.reload()).toBe(true);
    expect(files.options().from.own?.subject).toBe("CN=..2026_02");
  });
});
