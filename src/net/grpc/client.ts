import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { builtin } from "../../builtin.ts";
import { BadAnswer } from "../http/bad-answer.ts";
import { EarlyAnswer } from "../http/early-answer.ts";
import type { HttpOptions } from "../http/http.ts";
import { proxyOf } from "../http/proxy.ts";
import { connectTo, type RouteOptions } from "../http/route.ts";
import { causeOf } from "../http/unanswered.ts";
import { greatestAgeMs, idleMs } from "../limits.ts";
import { tlsFiles } from "../tls.ts";
import type { GrpcCall, GrpcClient, GrpcReply } from "./grpc.ts";
import { framed } from "./message.ts";
import { replyOf } from "./reply.ts";
import { sendMessage } from "./send-message.ts";

/** CANCEL (RFC 9113 §7). */
const cancel = 8;

/** A connection, and what is known of it. */
interface Line {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  readonly bornAt: number;
  usedAt: number;
  /** The server has spoken HTTP/2. */
  greeted: boolean;
  failure: Error | undefined;
}

/**
 * A client for one origin: HTTP/2 by ALPN over TLS, with prior knowledge without. Does not connect yet;
 * throws an Error when a certificate file is missing or the proxy's address cannot be used. A proxy is asked
 * for a tunnel, for `http://` too.
 */
export function grpcClient(options: HttpOptions): GrpcClient {
  const { url, clock } = options;
  const proxy = proxyOf(url, options.proxy, options.environment);
  const [tls, proxyTls] = [tlsFiles(options.tls), tlsFiles(options.proxyTls, "proxy_tls")];
  const route: RouteOptions = { url, proxy, tls, proxyTls, clock, speaks: "h2" };
  const closed = new AbortController();
  let kept: Line | undefined;

  function usable(line: Line | undefined): line is Line {
    if (line === undefined || line.session.closed || line.session.destroyed) return false;
    const now = clock.monotonic();
    return now - line.bornAt < greatestAgeMs && now - line.usedAt < idleMs;
  }

  async function lineTo(deadline: AbortSignal): Promise<{ readonly line: Line; readonly fresh: boolean }> {
    if (usable(kept)) return { line: kept, fresh: false };
    drop();
    const socket = await connectTo(route, deadline);
    if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
      socket.destroy();
      throw noHttp2();
    }
    kept = open(url, socket, clock.monotonic());
    return { line: kept, fresh: true };
  }

  function drop(): void {
    kept?.session.destroy();
    kept = undefined;
  }

  return {
    async call(call) {
      const deadline = AbortSignal.any([call.deadline, closed.signal]);
      deadline.throwIfAborted();
      const { line, fresh } = await lineTo(deadline);
      try {
        return await over(line, headersOf(call, options), call, deadline);
      } catch (error) {
        // Whatever it was: the next call takes another connection.
        drop();
        if (deadline.aborted) throw deadline.reason;
        const cause = causeIn(line, error);
        const socket = fresh ? line.socket : undefined;
        throw await causeOf(cause, { route, forwarded: false, socket, deadline });
      } finally {
        line.usedAt = clock.monotonic();
      }
    },
    reload() {
      let changed = false;
      try {
        changed = tls.reload();
        changed = proxyTls.reload() || changed;
      } finally {
        if (changed) {
          // A call may be under way on it.
          kept?.session.close();
          kept = undefined;
        }
      }
      return changed;
    },
    async close() {
      closed.abort(new Error("the client was closed"));
      drop();
    },
  };
}

function open(url: URL, socket: Socket, now: number): Line {
  // Loaded where somebody speaks it.
  const { connect } = builtin("node:http2");
  const session = connect(url.origin, { createConnection: () => socket, settings: { enablePush: false } });
  const line: Line = { session, socket, bornAt: now, usedAt: now, greeted: false, failure: undefined };
  session.on("error", (error: Error) => {
    line.failure ??= error;
  });
  session.once("remoteSettings", () => {
    line.greeted = true;
  });
  return line;
}

function headersOf({ path, headers, encoding, timeoutMs }: GrpcCall, { url, userAgent }: HttpOptions) {
  return {
    ...headers,
    ":method": "POST",
    ":scheme": url.protocol.slice(0, -1),
    ":authority": url.host,
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    "user-agent": userAgent,
    // At most eight digits ("Timeout").
    "grpc-timeout": timeoutMs < 1e8 ? `${Math.ceil(timeoutMs)}m` : `${Math.ceil(timeoutMs / 1000)}S`,
    ...(encoding !== undefined && { "grpc-encoding": encoding }),
    "grpc-accept-encoding": "identity,gzip,zstd",
  };
}

async function over(
  { session }: Line,
  headers: Readonly<Record<string, string>>,
  { message, encoding }: GrpcCall,
  deadline: AbortSignal,
): Promise<GrpcReply> {
  const stream: ClientHttp2Stream = session.request(headers);
  const giveUp = () => stream.close(cancel);
  deadline.addEventListener("abort", giveUp, { once: true });
  try {
    const answered = replyOf(stream);
    const sent = sendMessage(stream, framed(message, encoding !== undefined));
    // Of a call that fails nobody asks.
    sent.catch(() => {});
    const reply = await answered;
    // As over HTTP/1: a success is about all of the message only when all of it has left.
    if (reply.code === 0) await sent;
    return reply;
  } finally {
    deadline.removeEventListener("abort", giveUp);
    if (!stream.destroyed) stream.close(cancel);
  }
}

/** What ended the connection says more than what became of the stream. */
function causeIn({ greeted, failure }: Line, error: unknown): unknown {
  const spoken = [failure, error].find((each) => codeOf(each) === "ERR_HTTP2_ERROR");
  if (!greeted && spoken !== undefined) return noHttp2(spoken);
  if (error instanceof EarlyAnswer) return error;
  if (failure !== undefined) return failure;
  if (error instanceof BadAnswer) return error;
  return Object.assign(new Error("the connection ended before the answer", { cause: error }), {
    code: "ECONNRESET",
  });
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

function noHttp2(cause?: unknown): BadAnswer {
  return new BadAnswer("what answers does not speak HTTP/2, over which gRPC is", {
    fix: "check scheme and port: https:// where it speaks TLS, http:// where it does not; OTLP over gRPC is usually at 4317, over HTTP at 4318 (`protocol: http/protobuf`)",
    wrongPort: true,
    cause,
  });
}
