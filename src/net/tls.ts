import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { TlsConfig } from "../schema/parts.ts";
import { smallFile } from "../small-file.ts";
import { systemAuthorities } from "./authorities.ts";

/** The key under which the TLS settings of a peer stand: the remote, or a proxy. */
export type TlsKey = "tls" | "proxy_tls";

/** What a TLS session with one peer is made with. */
export interface TlsOptions {
  /** For `connect` of node:tls. */
  readonly session: {
    readonly secureContext: SecureContext;
    readonly rejectUnauthorized: boolean;
    readonly servername: string | undefined;
  };
  /** What it was made from, for the words about what goes wrong. */
  readonly from: {
    readonly key: TlsKey;
    /** The path of the authorities; absent: the system's. */
    readonly ca: string | undefined;
    /** This client's own certificate. */
    readonly own: X509Certificate | undefined;
  };
}

/** The TLS files of one peer, read when it is made and at each reload. */
export interface TlsFiles {
  /** What they held when they were read last. */
  options(): TlsOptions;
  /**
   * Reads them again; true when something had changed. Throws an Error naming what cannot be used: what was
   * read before stays in use.
   */
  reload(): boolean;
}

type Settings = Partial<TlsConfig>;

/** What the files hold. */
interface Held {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * The files that the configuration names. Throws an Error naming the one that is missing or unusable, never
 * its content. TLS 1.2 or newer, verified unless the operator said otherwise.
 */
export function tlsFiles(config: Settings | undefined, key: TlsKey = "tls"): TlsFiles {
  const settings = config ?? {};
  let held = read(settings, key);
  let options = usable(settings, key, held);
  return {
    options: () => options(),
    reload() {
      const now = read(settings, key);
      if (same(now, held)) return false;
      options = usable(settings, key, now);
      held = now;
      return true;
    },
  };
}

function read(settings: Settings, key: TlsKey): Held {
  const { ca, cert, key: privateKey } = settings;
  if ((cert === undefined) !== (privateKey === undefined))
    throw new Error(`${key}.cert and ${key}.key belong together: give both`);
  return {
    ...(ca !== undefined && { ca: pem(ca, `${key}.ca`) }),
    ...(cert !== undefined && { cert: pem(cert, `${key}.cert`) }),
    ...(privateKey !== undefined && { key: pem(privateKey, `${key}.key`) }),
  };
}

const none = Buffer.alloc(0);

function same(a: Held, b: Held): boolean {
  return (["ca", "cert", "key"] as const).every(
    (name) => a[name] === b[name] || a[name]?.equals(b[name] ?? none),
  );
}

/** Throws where they cannot be used; the system's authorities are waited for only at the first use. */
function usable(settings: Settings, key: TlsKey, held: Held): () => TlsOptions {
  const { ca, cert, key: privateKey } = settings;
  const verified = settings.insecure_skip_verify !== true;
  if (held.ca !== undefined) authoritiesIn(held.ca, `${key}.ca`, ca as string);
  const own = held.cert && certificateIn(held.cert, `${key}.cert`, cert as string);
  const base: SecureContextOptions = {
    ...held,
    minVersion: "TLSv1.2",
    // An authority that a person named is trusted, though another one signed it (ADR 25).
    allowPartialTrustChain: true,
  };
  const checked = contextOf({ ...base, ca: held.ca ?? [] }, [cert, privateKey], key);
  let made = held.ca === undefined && verified ? undefined : checked;
  return () => {
    made ??= own === undefined ? unauthenticated() : withSystem(base);
    return {
      session: {
        secureContext: made,
        rejectUnauthorized: verified,
        servername: settings.server_name,
      },
      from: { key, ca, own },
    };
  };
}

function contextOf(
  options: SecureContextOptions,
  files: readonly (string | undefined)[],
  key: TlsKey,
): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    const names = files.filter((file) => file !== undefined).join(", ");
    const code = codeOf(error);
    if (/KEY_VALUES_MISMATCH|KEY_TYPE_MISMATCH/.test(code))
      throw new Error(`${key}.cert and ${key}.key do not belong together (${names}): ${code}`);
    throw new Error(`the files under ${key} cannot be used together (${names}): ${code}`);
  }
}

let shared: SecureContext | undefined;

/** For all who trust the system's authorities and show no certificate: it takes long to make. */
function unauthenticated(): SecureContext {
  shared ??= withSystem({ minVersion: "TLSv1.2", allowPartialTrustChain: true });
  return shared;
}

function withSystem(base: SecureContextOptions): SecureContext {
  return createSecureContext({ ...base, ca: systemAuthorities() });
}

function pem(file: string, what: string): Buffer {
  // Its content in place of its name must not come back in the message.
  if (/-----BEGIN|[\r\n]/.test(file))
    throw new Error(`${what}: give the path of a PEM file, not what is in it`);
  let bytes: Buffer;
  try {
    ({ bytes } = smallFile(file));
  } catch (error) {
    throw new Error(`${what}: cannot read ${file} (${codeOf(error, (error as Error).message)})`);
  }
  // OpenSSL takes a file without any PEM block for an empty list of authorities.
  if (!bytes.includes("-----BEGIN ")) throw new Error(`${what}: ${file} is not a PEM file`);
  return bytes;
}

const certificateBlock = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END [A-Z0-9 ]*-----/g;

/** OpenSSL passes over what it cannot read, such as a file that is only half written. */
function authoritiesIn(bytes: Buffer, what: string, file: string): void {
  const text = bytes.toString("latin1");
  const blocks = text.match(certificateBlock) ?? [];
  const begun = text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${what}: ${file} holds no certificate`);
  if (blocks.length < begun.length) throw new Error(`${what}: ${file} ends in the middle of a certificate`);
  for (const [index, block] of blocks.entries()) {
    // The trust settings of a TRUSTED block are for OpenSSL alone.
    if (block.startsWith("-----BEGIN TRUSTED")) continue;
    certificateIn(Buffer.from(block), `${what}: certificate ${index + 1}`, file);
  }
}

function certificateIn(bytes: Buffer, what: string, file: string): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (error) {
    throw new Error(`${what}: ${file} cannot be read as a certificate (${codeOf(error)})`);
  }
}

/** The code alone: messages of OpenSSL may quote what they read. */
function codeOf(error: unknown, otherwise = "unreadable"): string {
  return String((error as { code?: unknown }).code ?? otherwise);
}
