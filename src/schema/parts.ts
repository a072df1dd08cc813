import { z } from "zod";
import { Secret } from "../secret/secret.ts";
import { parseDuration } from "./parse-duration.ts";
import { proxyAddress } from "./proxy-address.ts";

const byteUnits: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** Bytes of `10GiB`, `1MB`, `512`; undefined when it is not a size. */
function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([KMGT]i?B|B)?$/i.exec(text);
  return match === null
    ? undefined
    : Math.floor(Number(match[1]) * (byteUnits[(match[2] ?? "B").toUpperCase()] ?? 1));
}

const notADuration = "not a duration: write a number and a unit, such as 30s, 5m, 26h or 7d";

/** A duration in the configuration, milliseconds in the program. */
export function duration(options: { min?: string; max?: string } = {}) {
  return z
    .string(notADuration)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms === undefined) context.addIssue(notADuration);
      else if (options.min !== undefined && ms < (parseDuration(options.min) ?? 0))
        context.addIssue(`must be at least ${options.min}`);
      else if (options.max !== undefined && ms > (parseDuration(options.max) ?? 0))
        context.addIssue(`must be at most ${options.max}`);
      return ms ?? 0;
    })
    .meta({ written: "duration" });
}

/** A size in the configuration (`10GiB`, `1MB` or a number of bytes), bytes in the program. */
export function byteSize(options: { min?: string } = {}) {
  return z
    .union([z.string(), z.int().nonnegative()])
    .transform((value, context) => {
      const bytes = typeof value === "number" ? value : parseBytes(value);
      if (bytes === undefined)
        context.addIssue("not a size: write a number and a unit, such as 10GiB, 500MB or 4096");
      else if (options.min !== undefined && bytes < (parseBytes(options.min) ?? 0))
        context.addIssue(`must be at least ${options.min}`);
      return bytes ?? 0;
    })
    .meta({ written: "size" });
}

/** What fits into a header: a credential with a line break is a file with more in it than the credential. */
export const controlFree = /^[^\p{Cc}]*$/u;

/** A value that is never printed. Give it as `${NAME}` or `${file:/path}`. */
export function secret() {
  return z
    .string()
    .min(1, "must not be empty")
    .regex(controlFree, "must be one line, without control characters")
    .transform((value) => new Secret(value))
    .meta({ secret: true });
}

/** Where a file is that is written: a relative path would lead elsewhere from another folder. */
export function wholePath() {
  return z.string().regex(/^\//, "must be absolute: begin with /");
}

/** An `http` or `https` URL without user name, password, query and fragment; `instead`: for a query. */
export function httpUrl(instead = "") {
  return z.string().transform((text, context) => {
    let url: URL | undefined;
    try {
      url = new URL(text);
    } catch {
      context.addIssue("not a URL: write it whole, such as https://siem.example:8088");
      return new URL("http://invalid");
    }
    if (url.protocol !== "http:" && url.protocol !== "https:")
      context.addIssue("must begin with https:// or http://");
    if (url.username !== "" || url.password !== "")
      context.addIssue("must not hold a user name or password: give the credential by its own key");
    if (url.search !== "" || url.hash !== "") context.addIssue(`must not hold a query or fragment${instead}`);
    return url;
  });
}

/** The `tls` of sources and outputs. */
export const tls = z
  .strictObject({
    ca: z
      .string()
      .optional()
      .describe(
        "PEM file with the certificate authorities to trust instead of this system's and Node's. One between (an intermediate) is enough.",
      ),
    cert: z.string().optional().describe("PEM file with the client certificate (mutual TLS)."),
    key: z.string().optional().describe("PEM file with the client certificate's private key."),
    server_name: z
      .string()
      .optional()
      .describe("Name the server's certificate must carry, when it is not the host of the address."),
    insecure_skip_verify: z
      .boolean()
      .default(false)
      .describe(
        "Accept any certificate. For rehearsals only: whoever is in between can read and change everything.",
      ),
  })
  .describe("TLS settings; verification is always on unless switched off here.");
/** What the schema makes of it. */
export type TlsConfig = z.output<typeof tls>;

/** The `proxy_tls` of sources and outputs. */
export const proxyTls = tls
  .omit({ insecure_skip_verify: true })
  .describe("TLS settings for the way to a proxy with an https:// address; `tls` is for what is behind it.");
/** What the schema makes of it. */
export type ProxyTlsConfig = z.output<typeof proxyTls>;

/** The `proxy` of sources and outputs. */
export const proxy = z
  .string()
  .superRefine((text, context) => {
    const address = proxyAddress(text);
    if (typeof address === "string") context.addIssue(address);
  })
  .describe(
    "HTTP proxy; by default HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment decide, never for this machine itself.",
  );

/** Of a source or an output. */
export function partName(description: string) {
  return z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, "use letters, digits, _ and -, at most 63")
    .describe(description);
}
