import type { TLSSocket } from "node:tls";
import type { Finding } from "../finding.ts";
import { type Clock, dayMs } from "../time/clock.ts";
import { dial } from "./dial.ts";
import { handshake } from "./handshake.ts";
import type { HttpOptions } from "./http/http.ts";
import { proxyFor } from "./http/proxy.ts";
import { type TlsOptions, tlsFiles } from "./tls.ts";

/**
 * Three weeks: enough to have one renewed where that takes forms, and less than what is left when a robot
 * renews.
 */
const renewWithinDays = 21;

/**
 * Which TLS version the remote speaks and how long its certificate, and the client's own, stay valid, for
 * `check`. Nothing for plain HTTP, nothing of the remote's through a proxy (only the request itself reaches
 * it there), and nothing when the remote cannot be reached or `deadline` aborts: the caller finds out why. A
 * TLS file that cannot be used is a problem. Never throws.
 */
export async function certificateFindings(
  remote: Pick<HttpOptions, "url" | "tls" | "proxy" | "environment" | "clock">,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  const { url, tls, proxy, environment, clock } = remote;
  if (url.protocol !== "https:" || deadline.aborted) return [];
  let options: TlsOptions;
  try {
    options = tlsFiles(tls).options();
  } catch (error) {
    return [{ level: "problem", text: (error as Error).message, fix: "check the files under `tls`" }];
  }
  const { own } = options.from;
  const ours = own === undefined ? [] : [ownValidity(Date.parse(own.validTo), clock.now())];
  if (proxyFor(url, proxy, environment) !== undefined) return ours;
  return [...ours, ...(await tried(url, options, clock, deadline))];
}

async function tried(
  url: URL,
  tls: TlsOptions,
  clock: Clock,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? 443 : Number(url.port);
  const patience = { clock, deadline };
  try {
    const { socket } = await dial({ host, port, ...patience });
    const secure = await handshake(socket, { host, tls, ...patience });
    const findings = validity(secure, clock.now());
    secure.destroy();
    return findings;
  } catch {
    // The caller finds out why.
    return [];
  }
}

function ownValidity(until: number, nowMs: number): Finding {
  const days = Math.floor((until - nowMs) / dayMs);
  const text = `own client certificate valid for ${days} days`;
  if (days < 0) return { level: "problem", text: "the own client certificate has expired", fix: renewOwn };
  return days >= renewWithinDays ? { level: "ok", text } : { level: "warning", text, fix: renewOwn };
}

const renewOwn = "renew tls.cert and tls.key; the new files are used by themselves";

function validity(socket: TLSSocket, nowMs: number): readonly Finding[] {
  const until = Date.parse(socket.getPeerCertificate().valid_to);
  if (Number.isNaN(until)) return [];
  const days = Math.floor((until - nowMs) / dayMs);
  const text = `${socket.getProtocol()}, certificate valid for ${days} days`;
  if (days >= renewWithinDays) return [{ level: "ok", text }];
  return [{ level: "warning", text, fix: "renew the remote's certificate" }];
}
