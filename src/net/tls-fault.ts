import type { TlsOptions } from "./tls.ts";

/** A TLS session that did not come about, or that the peer refused: a person has to repair something. */
export class TlsFault extends Error {
  override readonly name = "TlsFault";
  readonly fix: string;

  constructor(words: string, fix: string, cause?: unknown) {
    super(words, { cause });
    this.fix = fix;
  }
}

type From = TlsOptions["from"];

/** A line `THREAD:error:CODE:library:function:reason:file:line:`: of this, the reason says something. */
const openssl = /^[\dA-F]+:error:[\dA-F]+:[^:]*:[^:]*:([^:\n]+):.*\n?/;

/** What the TLS library says without the place in it; anybody else's words as they are. */
export function withoutTrace(message: string): string {
  return message.replace(openssl, "TLS: $1");
}

/** What the handshake, or an alert after it, says. `asked`: the peer wanted a client certificate. */
export function tlsFault(error: Error, from: From, asked: boolean, nowMs: number): TlsFault {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const words = withoutTrace(message) || code;
  const alert = /ALERT_(\w+)$/.exec(code)?.[1];
  const fix =
    alert === undefined
      ? theirs(code, from)
      : aboutUs.test(alert) || (asked && perhapsAboutUs.test(alert))
        ? ours(alert, from, nowMs)
        : protocol(code, from);
  return new TlsFault(words, fix, error);
}

/**
 * The peer wanted a client certificate and then ended the connection without a word: it does not like the one
 * it got, or that it got none. So does a balancer that ends TLS and cannot reach what is behind it.
 */
export function certificateRefused(from: From, nowMs: number, cause?: unknown): TlsFault {
  const peer = peerOf(from);
  return new TlsFault(
    `${peer} asked for a client certificate and then closed the connection`,
    `${ours("", from, nowMs)}; or it is a balancer that cannot reach what is behind it`,
    cause,
  );
}

/** The peer said in its own words, such as a page, that it refuses the client certificate. */
export function certificateNotTaken(words: string, from: From, nowMs: number): TlsFault {
  return new TlsFault(words, ours("", from, nowMs));
}

/** Alerts about a client certificate (RFC 8446 §6.2). */
const aboutUs =
  /^(NO_CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_REQUIRED|UNKNOWN_CA|ACCESS_DENIED)$/;

/**
 * Alerts about it from a peer that asked for one: a missing one in TLS 1.2, and one whose authority only has
 * the name of another.
 */
const perhapsAboutUs = /^(HANDSHAKE_FAILURE|DECRYPT_ERROR)$/;

/** What is wrong with this client's certificate: what can be seen here goes before what the peer says. */
function ours(alert: string, from: From, nowMs: number): string {
  const { key, own } = from;
  const peer = peerOf(from);
  if (own === undefined)
    return `${peer} asks for a client certificate: set ${key}.cert and ${key}.key to one it trusts`;
  const begins = Date.parse(own.validFrom);
  const until = Date.parse(own.validTo);
  const mine = `this client's certificate (${key}.cert)`;
  if (until < nowMs) return `${mine} expired on ${dayOf(until)}: renew it, the new file is used by itself`;
  if (begins > nowMs) return `${mine} is valid only from ${dayOf(begins)} on: correct this host's clock`;
  if (alert === "CERTIFICATE_EXPIRED")
    return `${peer} takes ${mine} for expired, which it is on ${dayOf(until)}: correct its clock, or renew an authority between, or its list of revoked ones, which may be out of date`;
  if (alert === "UNKNOWN_CA")
    return `${peer} does not trust the authority that signed ${mine}: have it trusted there, or use a certificate it trusts; an authority between belongs into ${key}.cert, after the certificate`;
  if (alert === "CERTIFICATE_REVOKED")
    return `${peer} has ${mine} on its list of revoked ones, or that list is out of date: have a new one issued`;
  if (alert === "UNSUPPORTED_CERTIFICATE")
    return `${mine} is not made for clients: have one issued whose extended key usage has clientAuth`;
  return `${peer} refuses ${mine}, valid until ${dayOf(until)}: it may be revoked, for another name, or from an authority that is not trusted there; look at the log there`;
}

/** What is wrong with the peer's certificate, or with what it speaks. */
function theirs(code: string, from: From): string {
  const { key } = from;
  const peer = peerOf(from);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH")
    return key === "tls"
      ? "the certificate is for another name: correct the host, or set tls.server_name"
      : "the proxy's certificate is for another name: correct the host in `proxy`, or set proxy_tls.server_name";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return `renew ${peer}'s certificate, or that of an authority above it, or correct this host's clock`;
  if (code === "INVALID_PURPOSE")
    return `${peer}'s certificate is not made for servers: have one issued whose extended key usage has serverAuth`;
  if (/^(UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return untrusted(code, from);
  if (/^(ERR_|EPROTO)/.test(code)) return protocol(code, from);
  return `look at ${peer}'s certificate with \`openssl s_client -showcerts\`, and renew it`;
}

function untrusted(code: string, from: From): string {
  const { key, ca } = from;
  const peer = peerOf(from);
  const trust =
    ca === undefined
      ? `set ${key}.ca to the PEM file of the authority that signed ${peer}'s certificate, or add that to this system's authorities and restart`
      : `${key}.ca (${ca}) does not hold the authority that signed ${peer}'s certificate: put that into it; one between is enough`;
  if (/^(SELF_SIGNED|DEPTH_ZERO)/.test(code)) return trust;
  return `${trust}. Or ${peer} leaves out an authority between: have it send its whole chain`;
}

function protocol(code: string, from: From): string {
  const peer = peerOf(from);
  if (/WRONG_VERSION|PACKET_LENGTH|EPROTO/.test(code))
    return "check scheme and port: where the port does not speak TLS, write http://, tcp:// or relp://; a TLS below 1.2 is not spoken here";
  if (/VERSION|PROTOCOL/.test(code)) return `${peer} speaks no TLS version from 1.2 on: update it`;
  return `${peer} and this host do not agree on TLS: look at the log there`;
}

function peerOf({ key }: From): string {
  return key === "tls" ? "the remote" : "the proxy";
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
