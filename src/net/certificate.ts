import { connect, type TLSSocket } from "node:tls";
import type { Finding } from "../finding.ts";
import { dayMs } from "../time/clock.ts";
import type { TlsOptions } from "./tls.ts";

const renewWithinDays = 21;

/** How long the certificate at an https address stays valid, for the doctor. Nothing for plain http, and nothing when it cannot be reached: the caller finds out why. */
export async function certificateFindings(
  url: URL,
  tls: TlsOptions,
  nowMs: number,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  if (url.protocol !== "https:" || deadline.aborted) return [];
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve } = Promise.withResolvers<readonly Finding[]>();
  const port = url.port === "" ? 443 : Number(url.port);
  const socket = connect({ host, port, ...serverName(host), ...tls });
  const giveUp = () => socket.destroy();
  deadline.addEventListener("abort", giveUp, { once: true });
  socket.once("secureConnect", () => {
    resolve(validity(socket, nowMs));
    socket.destroy();
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    deadline.removeEventListener("abort", giveUp);
    resolve([]);
  });
  return promise;
}

/** An IP address is no server name (RFC 6066 §3). */
function serverName(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function validity(socket: TLSSocket, nowMs: number): readonly Finding[] {
  const until = Date.parse(socket.getPeerCertificate().valid_to);
  if (Number.isNaN(until)) return [];
  const days = Math.floor((until - nowMs) / dayMs);
  const text = `${socket.getProtocol()}, certificate valid for ${days} days`;
  if (days >= renewWithinDays) return [{ level: "ok", text }];
  return [{ level: "warning", text, fix: "renew the receiver's certificate" }];
}
