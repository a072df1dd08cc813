import { createGunzip } from "node:zlib";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { tlsOptions } from "../tls.ts";
import { proxyError } from "./fault.ts";
import type { HttpAnswer, HttpClient, HttpOptions, HttpRequest } from "./http.ts";
import { proxyFor } from "./proxy.ts";

/**
 * A client for one origin. Does not connect yet; throws an Error when a certificate file is missing. What
 * `request` rejects with is sorted by `networkFault`.
 */
export function httpClient(options: HttpOptions): HttpClient {
  const proxy = proxyFor(options.url, options.proxy, options.environment);
  let dispatcher = dispatcherFor(options, proxy);
  let answered = false;

  async function attempt(request: HttpRequest): Promise<Dispatcher.ResponseData> {
    const answer = await dispatcher.request({
      origin: options.url.origin,
      path: request.path,
      method: request.method,
      headers: { "user-agent": options.userAgent, ...request.headers },
      body: request.body ?? null,
      signal: request.deadline,
    });
    answered = true;
    return answer;
  }

  return {
    async request(request) {
      try {
        return answerOf(
          await attempt(request).catch((error) => {
            // The server may close an idle connection just as it is used again. Asking twice is harmless only
            // for a GET.
            if (request.method === "GET" && answered && endedBeforeAnswer(error)) return attempt(request);
            throw error;
          }),
        );
      } catch (error) {
        throw proxy !== undefined && isProxys(error) ? proxyError(error) : error;
      }
    },
    reload() {
      const old = dispatcher;
      dispatcher = dispatcherFor(options, proxy);
      old.close().catch(() => {});
    },
    close: () => dispatcher.destroy(),
  };
}

function dispatcherFor(options: HttpOptions, proxy: string | undefined): Dispatcher {
  const tls = tlsOptions(options.tls);
  const limits = {
    // HTTP/2 has another framing than the one a complete body is proven by.
    allowH2: false,
    maxHeaderSize: 16_384,
    headersTimeout: options.headersTimeoutMs ?? 30_000,
    bodyTimeout: 60_000,
    connectTimeout: 10_000,
  };
  if (proxy === undefined) return new Agent({ ...limits, connect: tls });
  return new ProxyAgent({ ...limits, uri: proxy, requestTls: tls, proxyTls: { minVersion: "TLSv1.2" } });
}

function endedBeforeAnswer(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";
}

/**
 * Before there is an answer, only the proxy was connected to; what TLS says came from the remote through the
 * tunnel.
 */
function isProxys(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const connecting = [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_PRX_TLS",
    "UND_ERR_PRX_CONN",
  ];
  return connecting.includes(String(code)) || /^Proxy /.test(String(message));
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): HttpAnswer {
  // An error without a listener would end the process; whoever reads the body gets it from the iteration.
  body.on("error", () => {});
  const flat: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return {
    status: statusCode,
    headers: flat,
    body,
    text: (maxBytes) => textOf(body, flat["content-encoding"], maxBytes),
    discard: () => void body.destroy(),
  };
}

async function textOf(
  body: Dispatcher.ResponseData["body"],
  coding: string | undefined,
  maxBytes: number,
): Promise<string> {
  const gzip = coding?.trim().toLowerCase() === "gzip";
  const pieces: Buffer[] = [];
  let room = maxBytes;
  const keep = (piece: Buffer) => {
    if (room > 0) pieces.push(piece.subarray(0, room));
    room -= piece.length;
    return room > 0;
  };
  if (gzip) await gunzipInto(body, keep);
  else for await (const piece of body) if (!keep(piece)) break;
  return Buffer.concat(pieces).toString("utf8");
}

/** What can be decompressed is kept; a broken coding ends the text where it breaks. */
async function gunzipInto(
  body: Dispatcher.ResponseData["body"],
  keep: (piece: Buffer) => boolean,
): Promise<void> {
  const gunzip = createGunzip();
  let failure: unknown;
  body.once("error", (error) => {
    failure = error;
    gunzip.destroy();
  });
  body.pipe(gunzip);
  try {
    for await (const piece of gunzip) if (!keep(piece)) break;
  } catch {
    // See below: only a failure of the connection counts.
  }
  body.destroy();
  if (failure !== undefined) throw failure;
}
