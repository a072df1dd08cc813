import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM files of a made-up authority and of what it signed, made by openssl in a temporary folder. */
export interface Certificates {
  readonly ca: string;
  issue(
    name: string,
    options?: { subject?: string; altName?: string; days?: number; client?: boolean },
  ): { cert: string; key: string };
  remove(): void;
}

export function certificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "3",
    "-subj",
    "/CN=rehearsal authority",
  );
  return {
    ca: file("ca.pem"),
    issue(name, options = {}) {
      const [cert, key] = [`${name}.pem`, `${name}.key`];
      openssl(
        "req",
        "-new",
        ...newKey,
        "-keyout",
        key,
        "-out",
        `${name}.csr`,
        "-subj",
        `/CN=${options.subject ?? name}`,
      );
      const usage = options.client ? "clientAuth" : "serverAuth";
      writeFileSync(
        file(`${name}.ext`),
        `subjectAltName=${options.altName ?? "DNS:localhost,IP:127.0.0.1"}\nextendedKeyUsage=${usage}\n`,
      );
      const validity = ["-days", String(options.days ?? 2)];
      openssl(
        "x509",
        "-req",
        "-in",
        `${name}.csr`,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        cert,
        "-extfile",
        `${name}.ext`,
        ...validity,
      );
      return { cert: file(cert), key: file(key) };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
