import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * PEM files of a made-up authority and of what it signed, in a temporary folder. Node has no call for this: the
 * DER is written here.
 */
export interface Certificates {
  readonly ca: string;
  /** `altName` as openssl writes it: `DNS:localhost,IP:127.0.0.1`. Valid for `days` from now. */
  issue(
    name: string,
    options?: { subject?: string; altName?: string; days?: number; client?: boolean },
  ): { cert: string; key: string };
  /** An authority that this one signed. */
  between(): Certificates;
  /** The list of what this one has revoked: these certificates. */
  revoked(...certs: readonly string[]): string;
  remove(): void;
}

interface Party {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function certificates(name = "rehearsal authority"): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const root = party(name);
  return authority(folder, root, root, "ca");
}

function authority(folder: string, self: Party, issuer: Party, file: string): Certificates {
  const write = (name: string, pem: string) => {
    const path = join(folder, name);
    writeFileSync(path, pem, { mode: 0o600 });
    return path;
  };
  const identifier = der(0x04, createHash("sha1").update(spki(self.publicKey)).digest());
  const ca = write(
    `${file}.pem`,
    certificate(self, issuer, 3, [
      extension("551d13", sequence(der(0x01, Buffer.from([0xff]))), true),
      extension("551d0e", identifier),
    ]),
  );
  return {
    ca,
    issue(name, { subject = name, altName = "DNS:localhost,IP:127.0.0.1", days = 2, client = false } = {}) {
      const holder = party(subject);
      const usage = client ? "2b06010505070302" : "2b06010505070301";
      const pem = certificate(holder, self, days, [
        extension("551d11", sequence(...altName.split(",").map(generalName))),
        extension("551d25", sequence(oid(usage))),
      ]);
      const key = holder.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
      return { cert: write(`${name}.pem`, pem), key: write(`${name}.key`, key) };
    },
    between: () => authority(folder, party("authority between"), self, `${file}-between`),
    revoked: (...certs) => write(`${file}.crl`, revocations(self, certs)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function party(name: string): Party {
  return { name, ...generateKeyPairSync("ec", { namedCurve: "prime256v1" }) };
}

const algorithm = sequence(oid("2a8648ce3d040302"));

/** X.509 version 3 (RFC 5280 §4.1), signed by ECDSA with SHA-256. */
function certificate(holder: Party, issuer: Party, days: number, extensions: readonly Buffer[]): string {
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    algorithm,
    commonName(issuer.name),
    sequence(day(Math.min(-3, days - 1)), day(days)),
    commonName(holder.name),
    spki(holder.publicKey),
    der(0xa3, sequence(...extensions)),
  );
  return signed(content, issuer, "CERTIFICATE");
}

/** A list of revoked certificates, version 2 (RFC 5280 §5.1). */
function revocations(issuer: Party, certs: readonly string[]): string {
  const serial = (cert: string) => Buffer.from(new X509Certificate(readFileSync(cert)).serialNumber, "hex");
  const entries = certs.map((cert) => sequence(der(0x02, serial(cert)), day(-1)));
  const content = sequence(
    der(0x02, Buffer.from([1])),
    algorithm,
    commonName(issuer.name),
    day(-1),
    day(3),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
  );
  return signed(content, issuer, "X509 CRL");
}

function day(distance: number): Buffer {
  const text = new Date(Date.now() + distance * 86_400_000).toISOString();
  return der(0x17, Buffer.from(`${text.slice(2, 19).replaceAll(/[-:T]/g, "")}Z`));
}

function signed(content: Buffer, issuer: Party, label: string): string {
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", content, issuer.privateKey)]);
  const base64 = sequence(content, algorithm, der(0x03, signature)).toString("base64");
  return `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g)?.join("\n")}\n-----END ${label}-----\n`;
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(name)))));
}

function generalName(text: string): Buffer {
  const [, kind, value = ""] = /^(DNS|IP):(.*)$/.exec(text) ?? [];
  if (kind === "DNS") return der(0x82, Buffer.from(value));
  if (kind !== "IP" || !isIPv4(value)) throw new Error(`no such name here: ${text}`);
  return der(0x87, Buffer.from(value.split(".").map(Number)));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

/** Tag, length, content (X.690 §8.1). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}
