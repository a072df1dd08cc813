import type { TLSSocket } from "node:tls";
import type { Finding } from "../finding.ts";
import { type Clock, dayMs } from "../time/clock.ts";
import { dial } from "./dial.ts";
import { handshake } from "./handshake.ts";
import type { HttpOptions } from "./http/http.ts";
import { proxyFor } from "./http/proxy.ts";
import { type TlsKey, type TlsOptions, tlsFiles } from "./tls.ts";

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
  remote: Pick<HttpOptions, "url" | "tls" | "proxyTls" | "proxy" | "environment" | "clock">,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  const { url, tls, proxyTls, proxy, environment, clock } = remote;
  if (deadline.aborted) return [];
  const through = proxyFor(url, proxy, environment);
  const toProxy =
    through?.startsWith("https://") === true ? ownFindings(optionsOf(proxyTls, "proxy_tls"), clock) : [];
  if (url.protocol !== "https:") return toProxy;
  const options = optionsOf(tls, "tls");
  const findings = [...ownFindings(options, clock), ...toProxy];
  if (through !== undefined || "level" in options) return findings;
  return [...findings, ...(await tried(url, options, clock, deadline))];
}

/** What the files hold, or what is wrong with them. */
function optionsOf(settings: HttpOptions["proxyTls"], key: TlsKey): TlsOptions | Finding {
  try {
    return tlsFiles(settings, key).options();
  } catch (error) {
    return { level: "problem", text: (error as Error).message, fix: `check the files under \`${key}\`` };
  }
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

/** How long the client's own certificate stays valid, where there is one. */
function ownFindings(options: TlsOptions | Finding, clock: Clock): Finding[] {
  if ("level" in options) return [options];
  const { own, key } = options.from;
  if (own === undefined) return [];
  const days = Math.floor((Date.parse(own.validTo) - clock.now()) / dayMs);
  const whose = key === "tls" ? "own client certificate" : "own client certificate for the proxy";
  const fix = `renew ${key}.cert and ${key}.key; the new files are used by themselves`;
  if (days < 0) return [{ level: "problem", text: `the ${whose} has expired`, fix }];
  const text = `${whose} valid for ${days} days`;
  return [days >= renewWithinDays ? { level: "ok", text } : { level: "warning", text, fix }];
}

function validity(socket: TLSSocket, nowMs: number): readonly Finding[] {
  const until = Date.parse(socket.getPeerCertificate().valid_to);
  if (Number.isNaN(until)) return [];
  const days = Math.floor((until - nowMs) / dayMs);
  const text = `${socket.getProtocol()}, certificate valid for ${days} days`;
  if (days >= renewWithinDays) return [{ level: "ok", text }];
  return [{ level: "warning", text, fix: "renew the remote's certificate" }];
}
