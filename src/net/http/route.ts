import type { Socket } from "node:net";
import type { ProxyAddress } from "../../schema/proxy-address.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { dial } from "../dial.ts";
import { type HandshakeOptions, handshake } from "../handshake.ts";
import type { Patience } from "../in-time.ts";
import { connectMs } from "../limits.ts";
import { refusalBehind } from "../refusal.ts";
import type { TlsFiles } from "../tls.ts";
import { oneBuffer } from "./one-buffer.ts";
import { ProxyFault } from "./proxy-fault.ts";
import { tunnel } from "./tunnel.ts";

/** What connections to one origin are made with. */
export interface RouteOptions {
  readonly url: URL;
  readonly proxy: ProxyAddress | undefined;
  readonly tls: TlsFiles;
  readonly proxyTls: TlsFiles;
  readonly clock: Clock;
}

/**
 * A connection on which the origin can be asked: direct, through a tunnel, or to the proxy itself for plain
 * HTTP; with TLS where the origin has it. Rejects with ProxyFault where the proxy is to blame, and with
 * NotReached at the deadline or after the limit for making one.
 */
export async function connectTo(options: RouteOptions, deadline: AbortSignal): Promise<Socket> {
  const { clock } = options;
  const limit = deadlineAfter(clock, connectMs, deadline);
  try {
    const patience = { clock, deadline: limit.signal };
    return await (options.proxy === undefined
      ? direct(options, patience)
      : around(options, options.proxy, patience));
  } finally {
    limit.clear();
  }
}

async function direct({ url, tls }: RouteOptions, patience: Patience): Promise<Socket> {
  const host = hostOf(url);
  const secure = url.protocol === "https:";
  const reading = secure ? {} : { onread: oneBuffer };
  const { socket } = await dial({ host, port: portOf(url), ...reading, ...patience });
  return secure ? secured(socket, host, tls, { onread: oneBuffer, ...patience }) : socket;
}

async function around(options: RouteOptions, proxy: ProxyAddress, patience: Patience): Promise<Socket> {
  const { url, tls, proxyTls } = options;
  const toProxy = () => reached(proxy, proxyTls, patience);
  const socket = await toProxy();
  if (url.protocol !== "https:") return socket;
  const target = `${url.hostname}:${portOf(url)}`;
  const { authorization } = proxy;
  const through = await tunnel(socket, { target, authorization, ...patience }).catch(async (fault: Error) => {
    const { code } = fault.cause as { code?: unknown };
    if (typeof code !== "string") throw fault;
    const ended = { socket, tls: proxyTls, connect: toProxy, ...patience };
    const refusal = await refusalBehind(fault.cause, ended);
    throw refusal === undefined ? fault : new ProxyFault(refusal);
  });
  // What TLS says through the tunnel comes from the remote.
  return secured(through, hostOf(url), tls, { onread: oneBuffer, ...patience });
}

async function reached(proxy: ProxyAddress, proxyTls: TlsFiles, patience: Patience): Promise<Socket> {
  const { host, port, secure } = proxy;
  try {
    const { socket } = await dial({ host, port, ...patience });
    return secure ? await secured(socket, host, proxyTls, patience) : socket;
  } catch (error) {
    throw new ProxyFault(error as Error);
  }
}

function secured(
  socket: Socket,
  host: string,
  tls: TlsFiles,
  options: Patience & Pick<HandshakeOptions, "onread">,
): Promise<Socket> {
  // HTTP/2 has another framing than the one a complete body is proven by.
  return handshake(socket, { host, tls: tls.options(), alpn: ["http/1.1"], ...options });
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}
