import { httpsFix, saysHttps } from "../net/http/bad-answer.ts";
import { networkFault } from "../net/http/fault.ts";
import type { NetworkFault } from "../net/http/http.ts";
import { ProxyFault } from "../net/http/proxy-fault.ts";
import { retryAfterMs } from "../net/http/retry-after.ts";
import { NotReached } from "../net/in-time.ts";
import { scrubber } from "../secret/scrub.ts";
import type { Secret } from "../secret/secret.ts";
import { excerpt } from "../text/excerpt.ts";
import type { DeliveryReason, RefusedResult, RetryResult } from "./output.ts";

/**
 * How much of an answer is read, whatever its size: enough for any protocol's words, little enough to keep.
 */
export const maxAnswerBytes = 65_536;

interface Held {
  readonly reason: DeliveryReason;
  readonly fix: string;
}

/** Something answers that is not the receiver, or not the endpoint that takes events. */
const foreign: Held = {
  reason: "configuration",
  fix: "check the output's URL (scheme, port and path): what answers there is not the receiver but a gateway, a login page or another service; behind a gateway look at its log, for plain http:// to a TLS port and for client certificates",
};

/** Statuses a person has to look at. Nothing is lost: the output holds until it is repaired. */
const held: Readonly<Record<number, Held>> = {
  400: foreign,
  401: { reason: "unauthorized", fix: "check the output's credential: the remote does not accept it" },
  402: { reason: "configuration", fix: "the remote says that its plan or quota is used up" },
  403: { reason: "forbidden", fix: "check what the output's credential is allowed to do at the remote" },
  404: { reason: "not_found", fix: "check the path of the output's URL: nothing answers there" },
  405: { reason: "not_found", fix: "check the output's URL: what answers there does not take events" },
  406: { reason: "configuration", fix: "check the output's URL: what answers there speaks another protocol" },
  407: { reason: "proxy", fix: "check `proxy` (or HTTPS_PROXY) and its credentials" },
  410: { reason: "not_found", fix: "check the path of the output's URL: the remote has removed it" },
  411: {
    reason: "configuration",
    fix: "something between drops the Content-Length header: look at the proxies",
  },
  415: { reason: "configuration", fix: "the remote does not take this encoding: try `compression: none`" },
  421: { reason: "configuration", fix: "check the host of the output's URL: the remote serves another name" },
  422: foreign,
  426: { reason: "configuration", fix: "check the output's URL: the remote asks for another protocol" },
  431: { reason: "configuration", fix: "the remote refuses the request's headers as too large" },
  501: { reason: "configuration", fix: "check the output's URL: what answers there does not take events" },
  505: { reason: "configuration", fix: "something between does not speak HTTP/1.1: look at the proxies" },
  511: { reason: "proxy", fix: "the network asks for a login first: look at the proxies" },
};

/**
 * What an answer means for the batch that does not speak the output's protocol, once for every protocol over
 * HTTP: it may come from a gateway, a login page or a proxy, so it says nothing about an event. A success is
 * no delivery and a 400 no refusal; both wait for a person. What passes by itself or is unknown is retried.
 * Only a body that is too large for what stands between is known to be so. `body` has to be free of secrets.
 */
export function httpOutcome(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs: number,
): RetryResult | RefusedResult {
  const detail = wordsOf(status, body);
  // Said by what stands before the receiver; it knows nothing of events.
  if (status === 400 && saysHttps(body))
    return { status: "retry", hold: true, reason: "configuration", detail, fix: httpsFix };
  if (status === 413) return { status: "refused", reason: "too_large", detail };
  const asked = retryAfterMs(headers, nowMs);
  const wait = asked === undefined ? {} : { retryAfterMs: asked };
  if (status === 304) return { status: "retry", reason: "bad_answer", detail, fix: cacheFix };
  if (status >= 300 && status < 400) return redirected(status, headers);
  const fault = status >= 200 && status < 300 ? foreign : held[status];
  if (fault !== undefined) return { status: "retry", ...fault, detail, hold: true, ...wait };
  return { status: "retry", ...passing(status), detail, ...wait };
}

const cacheFix = "a cache answers in place of the remote: look at the proxies, nothing here may be cached";

/** Statuses that pass by themselves, or that nobody knows. */
function passing(status: number): { readonly reason: DeliveryReason; readonly fix?: string } {
  if (status === 408) return { reason: "timeout" };
  if (status === 429) return { reason: "rate_limited" };
  if (status === 425 || status === 503) return { reason: "busy" };
  if (status >= 500) return { reason: "server_error" };
  return { reason: "bad_answer" };
}

/** Redirects are not followed: events and credential would go where nobody said. */
function redirected(status: number, headers: Readonly<Record<string, string>>): RetryResult {
  const location = headers.location;
  return {
    status: "retry",
    hold: true,
    reason: "redirect",
    detail: location === undefined ? `HTTP ${status}` : `HTTP ${status} to ${placeOf(location)}`,
    fix: "set the output's URL to where the remote really is; redirects are not followed",
  };
}

/** A target's path and query may hold a credential; where it leads to is enough. */
function placeOf(location: string): string {
  return URL.canParse(location) ? excerpt(new URL(location).origin, 300) : "another path";
}

/** What a fault between the machines means for the batch. */
export function faultOutcome({ reason, detail, fix, hold }: NetworkFault): RetryResult {
  return { status: "retry", reason, detail, fix, ...(hold && { hold }) };
}

/**
 * What an exchange met that ended with `error`. Where the deadline came before there was a connection, it
 * says so, and what was waited for.
 */
export function failedExchange(error: unknown, where: string, deadline: AbortSignal): RetryResult {
  const reached = !(error instanceof NotReached || error instanceof ProxyFault);
  return deadline.aborted && reached ? timedOut(where) : faultOutcome(networkFault(error, where));
}

/** The deadline came before the answer: the remote may or may not have the batch. */
export function timedOut(where: string): RetryResult {
  return {
    status: "retry",
    reason: "timeout",
    detail: `${where}: no answer in time`,
    fix: "the remote is too slow or hangs, or the port is not for HTTP (a syslog port takes everything and answers nothing): look at it, or raise `timeout`",
  };
}

/**
 * A foreign text without the secrets it may repeat, in whatever writing. Before it is shortened: the half of
 * a secret cannot be found.
 */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  return scrubber(secrets)(text);
}

/** A redirect may repeat a credential. */
export function cleanHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly Secret[],
): Readonly<Record<string, string>> {
  const clean = scrubber(secrets);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, clean(value)]));
}

function wordsOf(status: number, body: string): string {
  const words = excerpt(body, 400);
  return words === "" ? `HTTP ${status}` : `HTTP ${status}: ${words}`;
}
