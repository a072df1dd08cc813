import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Secret } from "../secret/secret.ts";
import { targetOf } from "./target.ts";

/** Who may ask, and by which names. */
export interface GuardOptions {
  /** The address listened on. */
  readonly host: string;
  readonly token: Secret | undefined;
  /** Whether `/metrics` needs the token. */
  readonly metrics: "token" | "open";
  /** Further names clients may ask by. */
  readonly allowedHosts: readonly string[];
}

/** Why a request is not answered. */
export interface RequestRefusal {
  readonly status: 400 | 401 | 405 | 421;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Decides about a request by its head alone. The Host allow-list stops a web page from reading the status
 * through a name that it points at this machine (DNS rebinding). `/livez` is open to who may ask at all: it
 * says only whether loops turn. So is `/metrics` where that was chosen.
 */
export function guard({
  host,
  token,
  metrics,
  allowedHosts,
}: GuardOptions): (request: IncomingMessage) => RequestRefusal | undefined {
  const names = new Set(
    ["localhost", "127.0.0.1", "::1", host, ...allowedHosts].map((name) => name.toLowerCase()),
  );
  const open = new Set(metrics === "open" ? ["/livez", "/metrics"] : ["/livez"]);
  return (request) => {
    const { method, headers } = request;
    const { text, host: named } = targetOf(request);
    // RFC 9112 §3.2: which of them a proxy in between believed, nobody knows.
    if ((request.headersDistinct.host ?? []).length > 1)
      return { status: 400, text: "a request names one host" };
    if (method !== "GET" && method !== "HEAD")
      return { status: 405, text: "only GET and HEAD are answered", headers: { allow: "GET, HEAD" } };
    if (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0)
      return { status: 400, text: "a request here has no body" };
    // Who names no host at all is no browser, so nobody's page can be behind it.
    const asked = named === undefined ? undefined : hostName(named);
    if (asked !== undefined && !names.has(asked) && !isOwnAddress(asked, request.socket.localAddress))
      return {
        status: 421,
        text: "this host name is not answered; add it to admin.allowed_hosts if it is right",
      };
    if (token === undefined || open.has(text) || holdsToken(headers.authorization ?? "", token.reveal()))
      return undefined;
    return {
      status: 401,
      text: "a bearer token is needed (browsers: any user name, the token as password)",
      headers: {
        "www-authenticate": 'Bearer realm="wandb-audit-forwarder", Basic realm="wandb-audit-forwarder"',
      },
    };
  };
}

/**
 * An address is no name that could be pointed elsewhere, so the one the connection came in by is fine (probes
 * of an orchestrator use it).
 */
function isOwnAddress(asked: string, local: string | undefined): boolean {
  return isIP(asked) !== 0 && asked === local?.replace(/^::ffff:/, "");
}

/** `siem.example` of `SIEM.example:9464`, `::1` of `[::1]:9464`. */
function hostName(header: string): string {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+))(?::\d{1,5})?$/.exec(header);
  return (match?.[1] ?? match?.[2] ?? "").toLowerCase();
}

function holdsToken(authorization: string, token: string): boolean {
  const [scheme, value] = authorization.split(/ +/, 2);
  if (value === undefined) return false;
  if (scheme?.toLowerCase() === "bearer") return sameText(value, token);
  // Browsers can only be asked for a user name and a password.
  if (scheme?.toLowerCase() === "basic")
    return sameText(
      Buffer.from(value, "base64")
        .toString()
        .replace(/^[^:]*:/, ""),
      token,
    );
  return false;
}

/** Takes as long for a near miss as for a far one. */
function sameText(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
