import { headBytes } from "../limits.ts";
import { tlsOptions } from "../tls.ts";
import { type Connections, connections } from "./connections.ts";
import type { HttpAnswer, HttpClient, HttpOptions, HttpRequest } from "./http.ts";
import { proxyOf } from "./proxy.ts";
import { ProxyFault } from "./proxy-fault.ts";
import { receive } from "./receive.ts";
import { connectTo, type RouteOptions } from "./route.ts";

/**
 * A client for one origin. Does not connect yet; throws an Error when a certificate file is missing or the
 * proxy's address cannot be used. What `request` rejects with is sorted by `networkFault`.
 */
export function httpClient(options: HttpOptions): HttpClient {
  const { url, clock } = options;
  const proxy = proxyOf(url, options.proxy, options.environment);
  const closed = new AbortController();
  let route: RouteOptions = { url, proxy, tls: tlsOptions(options.tls), clock };
  let kept: Connections = connections(clock);
  // Plain HTTP is asked of the proxy itself, by the whole URL (RFC 9112 §3.2.2).
  const forwarded = proxy !== undefined && url.protocol === "http:";
  const own = {
    host: url.host,
    "user-agent": options.userAgent,
    ...(forwarded && proxy.authorization !== undefined && { "proxy-authorization": proxy.authorization }),
  };

  async function attempt(request: HttpRequest, deadline: AbortSignal, again: boolean): Promise<HttpAnswer> {
    // A reload may put another in its place while the connection is made.
    const pool = kept;
    const reused = !again && pool.hasKept();
    const socket = reused ? undefined : await connectTo(route, deadline);
    const { method, path, headers, body } = request;
    const asking = pool.begin(
      {
        method,
        path: forwarded ? url.origin + path : path,
        headers: {
          ...own,
          ...headers,
          ...(method === "POST" && { "content-length": Buffer.byteLength(body ?? "") }),
        },
        setHost: false,
        maxHeaderSize: headBytes,
      },
      socket,
    );
    try {
      return await receive(asking, body, deadline);
    } catch (error) {
      // The server may close an idle connection just as it is used again. Asking twice is harmless only for
      // a GET.
      if (reused && method === "GET" && endedBeforeAnswer(error)) return attempt(request, deadline, true);
      if (!endedBeforeAnswer(error)) throw error;
      if (forwarded) throw new ProxyFault(error as Error, { passing: true });
      throw reused || url.protocol === "https:" ? error : perhapsHttps(error);
    }
  }

  return {
    async request(request) {
      const deadline = AbortSignal.any([request.deadline, closed.signal]);
      deadline.throwIfAborted();
      return attempt(request, deadline, false);
    },
    reload() {
      route = { ...route, tls: tlsOptions(options.tls) };
      kept.retire();
      kept = connections(clock);
    },
    async close() {
      closed.abort(new Error("the client was closed"));
      kept.close();
    },
  };
}

function endedBeforeAnswer(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ECONNRESET" || code === "EPIPE";
}

/** A server that wants TLS often just ends a connection on which it hears plain HTTP. */
function perhapsHttps(error: unknown): Error {
  const words = "the connection was ended without an answer; is it https?";
  return Object.assign(new Error(words, { cause: error }), { code: "ERR_NO_ANSWER" });
}
