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
  /** HTTP/2 has another framing than the one by which a complete body is proven in HTTP/1.1. */
  readonly speaks: "http/1.1" | "h2";
  /** What is read at once, at most; none where a session of HTTP/2 reads a socket by itself. */
  readonly readBytes?: number;
}

/**
 * A connection on which the origin can be asked: direct, through a tunnel, or to the proxy itself for plain
 * HTTP/1.1; with TLS where the origin has it. Rejects with ProxyFault where the proxy is to blame, and with
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

async function direct(options: RouteOptions, patience: Patience): Promise<Socket> {
  const { url } = options;
  const secure = url.protocol === "https:";
  const { socket } = await dial({
    host: hostOf(url),
    port: portOf(url),
    ...(!secure && reading(options)),
    ...patience,
  });
  return secure ? toOrigin(socket, options, patience) : socket;
}

function reading({ readBytes }: RouteOptions): Pick<HandshakeOptions, "onread"> {
  return readBytes === undefined ? {} : { onread: (socket) => oneBuffer(socket, readBytes) };
}

function toOrigin(socket: Socket, options: RouteOptions, patience: Patience): Promise<Socket> {
  const { url, tls, speaks } = options;
  return handshake(socket, {
    host: hostOf(url),
    tls: tls.options(),
    alpn: [speaks],
    ...reading(options),
    // TLS hands out 16 KiB at most at a time: so much of it waits together.
    ...(options.readBytes !== undefined && { highWaterMark: options.readBytes }),
    ...patience,
  });
}

async function around(options: RouteOptions, proxy: ProxyAddress, patience: Patience): Promise<Socket> {
  const { url, proxyTls, speaks } = options;
  const secure = url.protocol === "https:";
  const toProxy = () => reached(proxy, proxyTls, patience);
  const socket = await toProxy();
  if (!secure && speaks === "http/1.1") return socket;
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
  return secure ? toOrigin(through, options, patience) : through;
}

async function reached(proxy: ProxyAddress, proxyTls: TlsFiles, patience: Patience): Promise<Socket> {
  const { host, port, secure } = proxy;
  try {
    const { socket } = await dial({ host, port, ...patience });
    if (!secure) return socket;
    return await handshake(socket, { host, tls: proxyTls.options(), alpn: ["http/1.1"], ...patience });
  } catch (error) {
    throw new ProxyFault(error as Error);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}
