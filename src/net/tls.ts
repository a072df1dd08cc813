import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { TlsConfig } from "../schema/parts.ts";

/** What node:tls and the HTTP client take; certificates as bytes, no longer as paths. */
export type TlsOptions = SecureContextOptions & {
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
};

/**
 * Options for node:tls from the configuration: verified, TLS 1.2 or newer. Reads the PEM files; throws an
 * Error naming the file that is missing or unusable.
 */
export function tlsOptions(config: TlsConfig | undefined): TlsOptions {
  const options: TlsOptions = {
    minVersion: "TLSv1.2",
    rejectUnauthorized: config?.insecure_skip_verify !== true,
    ...(config?.ca !== undefined && { ca: pem(config.ca, "ca") }),
    ...(config?.cert !== undefined && { cert: pem(config.cert, "cert") }),
    ...(config?.key !== undefined && { key: pem(config.key, "key") }),
    ...(config?.server_name !== undefined && { servername: config.server_name }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const files = [config?.ca, config?.cert, config?.key].filter((file) => file !== undefined).join(", ");
    throw new Error(`the TLS files cannot be used together (${files}): ${codeOf(error)}`);
  }
  return options;
}

function pem(file: string, what: string): Buffer {
  // Its content in place of its name must not come back in the message.
  if (/-----BEGIN|[\r\n]/.test(file))
    throw new Error(`tls.${what}: give the path of a PEM file, not what is in it`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Error(`tls.${what}: cannot read ${file} (${codeOf(error)})`);
  }
  // OpenSSL takes a file without any PEM block for an empty list of authorities.
  if (!bytes.includes("-----BEGIN ")) throw new Error(`tls.${what}: ${file} is not a PEM file`);
  return bytes;
}

/** The code alone: messages of OpenSSL may quote what they read. */
function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? "unreadable");
}
