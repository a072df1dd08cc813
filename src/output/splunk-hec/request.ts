import type { HttpClient } from "../../net/http/http.ts";
import type { Secret } from "../../secret/secret.ts";
import { type HttpReply, httpExchange } from "../http-exchange.ts";
import type { RetryResult } from "../output.ts";

/** What Splunk counts acknowledgements by. */
export interface Channel {
  readonly guid: string;
  /** The newest id it gave; ids of one channel only grow. */
  lastAckId: number;
  /** What a load balancer set to bring every request to the indexer that has the data. */
  cookie: string | undefined;
}

/** A channel on which nothing was asked yet. */
export function newChannel(guid: string): Channel {
  return { guid, lastAckId: -1, cookie: undefined };
}

/** One question. */
export interface HecRequestOptions {
  readonly method: "GET" | "POST";
  readonly endpoint: "event" | "ack" | "health";
  readonly body?: string | readonly Buffer[];
  /** Beside the protocol's own: how the body is packed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly channel?: Channel | undefined;
  readonly deadline: AbortSignal;
}

/** One question to Splunk, with the token. Never throws. */
export type HecRequest = (question: HecRequestOptions) => Promise<HttpReply | RetryResult>;

/** Asks with the token as it is now: a file secret may change while the program runs. */
export function hecRequest(client: HttpClient, url: URL, token: Secret): HecRequest {
  const base = collectorPath(url);
  return async ({ method, endpoint, body, headers: more, channel, deadline }) => {
    const value = token.reveal();
    // A client would refuse such a header with an error that looks like the network's.
    if (!/^[\x21-\x7e]+$/.test(value)) return unusableToken;
    const headers: Record<string, string> = { ...more, authorization: `Splunk ${value}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (channel !== undefined) headers["x-splunk-request-channel"] = channel.guid;
    if (channel?.cookie !== undefined) headers.cookie = channel.cookie;
    const request = {
      method,
      path: `${base}/${endpoint}`,
      headers,
      deadline,
      ...(body !== undefined && { body }),
    };
    const reply = await httpExchange(client, request, url.host, [token]);
    if (reply.status !== "retry" && channel !== undefined)
      channel.cookie = cookiesOf(reply.headers["set-cookie"], channel.cookie);
    return reply;
  };
}

const unusableToken: RetryResult = {
  status: "retry",
  hold: true,
  reason: "configuration",
  detail: "the token is empty or has characters that cannot stand in a request",
  fix: "check `token` and where it is read from: it is letters, digits and hyphens, without white space",
};

/**
 * The collector's path under the URL's own; the URL may also name the collector or one of its endpoints
 * already.
 */
export function collectorPath({ pathname }: URL): string {
  const base = pathname
    .replace(/\/+$/, "")
    .replace(/\/services\/collector(\/(event|raw|ack|health)(\/1\.0)?)?$/, "");
  return `${base}/services/collector`;
}

/**
 * The cookies of a `set-cookie` header, without their attributes, and of those `before` it all that it does
 * not name: each may be of another balancer. Several come joined by commas, which also stand in dates.
 */
export function cookiesOf(setCookie = "", before = ""): string | undefined {
  const cookies = new Map<string, string>();
  const all = `${before.replaceAll("; ", ", ")}, ${setCookie}`;
  for (const [, name = "", value = ""] of all.matchAll(oneCookie)) {
    // Behind those that were set before it.
    cookies.delete(name);
    cookies.set(name, value);
  }
  return newest(Array.from(cookies, (pair) => pair.join("=")));
}

/** As many of the last ones as a request may carry. */
function newest(cookies: readonly string[]): string | undefined {
  let kept: string | undefined;
  for (const cookie of cookies.slice(-mostCookies).toReversed()) {
    const more = kept === undefined ? cookie : `${cookie}; ${kept}`;
    if (more.length <= longestCookies) kept = more;
  }
  return kept;
}

/** What a browser keeps of one server at least (RFC 6265 §6.1). */
const mostCookies = 50;
/** Servers refuse requests with more than 8 KiB of headers, which would be every one from then on. */
const longestCookies = 4096;

const oneCookie = /(?:^|,\s*)([^=;,\s]+)=([^;,]*)/g;
