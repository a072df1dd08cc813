import { headBytes } from "../limits.ts";
import { tlsFiles } from "../tls.ts";
import { type Connections, connections } from "./connections.ts";
import type { HttpAnswer, HttpClient, HttpOptions, HttpRequest } from "./http.ts";
import { proxyOf } from "./proxy.ts";
import { bodyLength, receive } from "./receive.ts";
import { unlessRefused } from "./refusal-page.ts";
import { connectTo, type RouteOptions } from "./route.ts";
import { causeOf, endedBeforeAnswer } from "./unanswered.ts";

/**
 * A client for one origin. Does not connect yet; throws an Error when a certificate file is missing or the
 * proxy's address cannot be used. What `request` rejects with is sorted by `networkFault`.
 */
export function httpClient(options: HttpOptions): HttpClient {
  const { url, clock, readBytes = 64 * 1024 } = options;
  const proxy = proxyOf(url, options.proxy, options.environment);
  const closed = new AbortController();
  const [tls, proxyTls] = [tlsFiles(options.tls), tlsFiles(options.proxyTls, "proxy_tls")];
  const route: RouteOptions = { url, proxy, tls, proxyTls, clock, speaks: "http/1.1", readBytes };
  let kept: Connections = connections(clock);
  // Plain HTTP is asked of the proxy itself, by the whole URL (RFC 9112 §3.2.2).
  const forwarded = proxy !== undefined && url.protocol === "http:";
  const own = {
    host: url.host,
    "user-agent": options.userAgent,
    ...(forwarded && proxy.authorization !== undefined && { "proxy-authorization": proxy.authorization }),
  };

  function settings({ method, path, headers, body }: HttpRequest) {
    return {
      method,
      path: forwarded ? url.origin + path : path,
      headers: {
        ...own,
        ...headers,
        ...(method !== "GET" && { "content-length": bodyLength(body) }),
      },
      setHost: false,
      maxHeaderSize: headBytes,
    };
  }

  async function attempt(request: HttpRequest, deadline: AbortSignal, again: boolean): Promise<HttpAnswer> {
    // A reload may put another in its place while the connection is made.
    const pool = kept;
    const reused = !again && pool.hasKept();
    const socket = reused ? undefined : await connectTo(route, deadline);
    const asking = pool.begin(settings(request), socket);
    try {
      const answer = await receive(asking, request.body, deadline);
      return await unlessRefused(answer, asking.socket, { tls: forwarded ? proxyTls : tls, clock });
    } catch (error) {
      // The server may close an idle connection just as it is used again. Asking twice is harmless only for
      // a GET.
      if (reused && request.method === "GET" && endedBeforeAnswer(error))
        return attempt(request, deadline, true);
      throw await causeOf(error, { route, forwarded, socket, deadline });
    }
  }

  return {
    async request(request) {
      const deadline = AbortSignal.any([request.deadline, closed.signal]);
      deadline.throwIfAborted();
      return attempt(request, deadline, false);
    },
    reload() {
      let changed = false;
      try {
        changed = tls.reload();
        changed = proxyTls.reload() || changed;
      } finally {
        if (changed) {
          kept.retire();
          kept = connections(clock);
        }
      }
      return changed;
    },
    async close() {
      closed.abort(new Error("the client was closed"));
      kept.close();
    },
  };
}
