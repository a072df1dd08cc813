import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { refusalBehind } from "../refusal.ts";
import { TlsFault } from "../tls-fault.ts";
import { ProxyFault } from "./proxy-fault.ts";
import { connectTo, type RouteOptions } from "./route.ts";

/** A request that got no answer. */
export interface Unanswered {
  readonly route: RouteOptions;
  /** Plain HTTP that the proxy itself was asked for. */
  readonly forwarded: boolean;
  /** The connection, where it was a new one. */
  readonly socket: Socket | undefined;
  readonly deadline: AbortSignal;
}

/** What is to blame for it, as an error that `networkFault` sorts. */
export async function causeOf(error: unknown, unanswered: Unanswered): Promise<unknown> {
  const { route, forwarded, socket, deadline } = unanswered;
  // A page that refused the client certificate: behind no tunnel it is the proxy's.
  if (error instanceof TlsFault && forwarded) return new ProxyFault(error);
  if (!endedBeforeAnswer(error) && !isAlert(error)) return error;
  const refusal = await refusalBehind(error, {
    socket,
    tls: forwarded ? route.proxyTls : route.tls,
    connect: (within) => connectTo(route, within),
    clock: route.clock,
    deadline,
  });
  if (forwarded) return new ProxyFault(refusal ?? (error as Error), { passing: refusal === undefined });
  if (refusal !== undefined) return refusal;
  return socket !== undefined && endedBeforeAnswer(error) ? perhapsAnotherPort(error, socket) : error;
}

/** The other side closed or reset the connection before it said anything. */
export function endedBeforeAnswer(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ECONNRESET" || code === "EPIPE";
}

/** What the peer's TLS says when the handshake is over, in place of an answer. */
function isAlert(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^ERR_SSL_.*ALERT/.test(code);
}

/**
 * A server that wants TLS often just ends a connection on which it hears plain HTTP. One for gRPC ends a TLS
 * connection on which nobody speaks HTTP/2: unlike web servers it has chosen no protocol in the handshake.
 */
function perhapsAnotherPort(error: unknown, socket: Socket): unknown {
  const ended = (words: string, code: string) => Object.assign(new Error(words, { cause: error }), { code });
  if (!(socket instanceof TLSSocket))
    return ended("the connection was ended without an answer; is it https?", "ERR_NO_ANSWER");
  if (socket.alpnProtocol !== false) return error;
  return ended("the connection was ended without an answer", "ERR_NO_ANSWER_TLS");
}
