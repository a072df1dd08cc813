import { httpsFix, saysHttps } from "../../net/http/bad-answer.ts";
import { networkFault } from "../../net/http/fault.ts";
import type { HttpAnswer, HttpClient } from "../../net/http/http.ts";
import { retryAfterMs } from "../../net/http/retry-after.ts";
import { isHeaderValue } from "../../schema/headers.ts";
import { scrubber } from "../../secret/scrub.ts";
import type { Secret } from "../../secret/secret.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { Clock } from "../../time/clock.ts";
import { SourceError, type SourceReason } from "../source.ts";
import { isMultipleOrganizations, multipleOrganizations } from "../wandb-log/not-logs.ts";
import type { Endpoint } from "./endpoint.ts";

/** What requests to one server are made with. */
export interface ExchangeOptions {
  readonly client: HttpClient;
  readonly endpoint: Endpoint;
  readonly username: string;
  readonly apiKey: Secret;
  /** Sent with every request, as the configuration has them. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly clock: Clock;
  /** Called when a changed key was taken over. */
  readonly secretReloaded?: (() => void) | undefined;
}

/** A request the server refuses as it is; another form of it may be accepted. */
export const refusingStatuses: ReadonlySet<number> = new Set([400, 404, 410, 416, 422]);

/** An answer that is no 200, with its status beside the error it makes. */
export interface LogRefusal {
  readonly status: number;
  readonly error: SourceError;
}

/** What must not show in anything that an answer is quoted in. */
export function secretsOf({ apiKey, headers }: Pick<ExchangeOptions, "apiKey" | "headers">): Secret[] {
  return [apiKey, ...Object.values(headers)];
}

/** The headers that say who asks, for any request to this server. */
export function identifying({ username, apiKey, headers }: ExchangeOptions): Record<string, string> {
  const credentials = Buffer.from(`${username}:${apiKey.reveal()}`).toString("base64");
  const given = Object.entries(headers).map(([name, value]) => [name, value.reveal()] as const);
  return { ...Object.fromEntries(given), authorization: `Basic ${credentials}` };
}

/**
 * Asks for the audit log. A 401 or 403 is asked again once when the key or a header on disk has changed.
 * Network faults throw SourceError.
 */
export async function requestLog(
  options: ExchangeOptions,
  query: string,
  deadline: AbortSignal,
): Promise<HttpAnswer | LogRefusal> {
  const answer = await once(options, query, deadline);
  const refused = "status" in answer && (answer.status === 401 || answer.status === 403);
  if (!refused || !reloaded(secretsOf(options))) return answer;
  options.secretReloaded?.();
  return once(options, query, deadline);
}

function reloaded(secrets: readonly Secret[]): boolean {
  return secrets.map((secret) => secret.reload()).includes(true);
}

async function once(
  options: ExchangeOptions,
  query: string,
  deadline: AbortSignal,
): Promise<HttpAnswer | LogRefusal> {
  const { client, endpoint, clock } = options;
  const where = new URL(endpoint.origin).host;
  for (const [name, value] of Object.entries(options.headers))
    if (!isHeaderValue(value.reveal())) throw unusableHeader(name);
  try {
    const answer = await client.request({
      method: "GET",
      path: `${endpoint.path}?${query}`,
      headers: {
        ...identifying(options),
        accept: "application/x-ndjson, application/json",
        "accept-encoding": "gzip",
      },
      deadline,
    });
    if (answer.status === 200) return answer;
    const text = scrubber(secretsOf(options))(await answer.text(64 * 1024));
    if (answer.status === 400 && saysHttps(text)) throw plainToTls(where);
    return { status: answer.status, error: errorOf(answer, text, endpoint, clock.now()) };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const { detail, fix, hold, ...fault } = networkFault(error, where);
    const reason = fault.reason === "connection_lost" ? "connect" : fault.reason;
    throw new SourceError(reason, detail, fix, { hold, cause: error });
  }
}

/** Read from its file again, it may be another one than the configuration was checked with. */
function unusableHeader(name: string): SourceError {
  return new SourceError(
    "bad_request",
    `the value of the header ${name} holds characters that a header cannot carry`,
    `look at the file that headers.${name} is read from: it must hold the value alone`,
    { hold: true },
  );
}

function plainToTls(where: string): SourceError {
  return new SourceError("bad_answer", `${where}: the port speaks TLS, not plain HTTP`, httpsFix, {
    hold: true,
  });
}

function errorOf(
  { status, headers }: HttpAnswer,
  text: string,
  endpoint: Endpoint,
  now: number,
): SourceError {
  if (isMultipleOrganizations(text)) return multipleOrganizations();
  const [reason, fix] = reasonOf(status, endpoint);
  const words = excerpt(text);
  const target = status >= 300 && status < 400 ? ` to ${originOf(headers.location)}` : "";
  const message = `the server answered HTTP ${status}${target}${words === "" ? "" : `: ${words}`}`;
  // A 429 says itself that nothing remains.
  const said = status === 429 ? { ...headers, "ratelimit-remaining": "0" } : headers;
  const wait = status === 429 || status === 503 ? retryAfterMs(said, now) : undefined;
  const hold = status === 407;
  return new SourceError(reason, message, fix, { hold, ...(wait !== undefined && { retryAfterMs: wait }) });
}

function reasonOf(status: number, endpoint: Endpoint): readonly [SourceReason, string] {
  if (status === 401)
    return [
      "unauthorized",
      "check api_key and username; keys are shown once in W&B, so make a new one if in doubt",
    ];
  if (status === 403)
    return [
      "forbidden",
      "check api_key: servers say this to a wrong key too. It must belong to an admin (instance or organization) or to an organization's service account; on Multi-tenant Cloud the plan must be Enterprise",
    ];
  if (status === 404)
    return [
      "not_found",
      `check \`url\`: there is no audit log at ${endpoint.path}, or this server does not offer it`,
    ];
  if (status === 407) return ["proxy", "the proxy wants other credentials: check `proxy`"];
  if (status === 408) return ["timeout", "it is asked again"];
  if (status === 429) return ["rate_limited", "it is asked again later; raise poll_interval if this stays"];
  if (status >= 500) return ["server_error", "it is asked again; look at the W&B server's log if this stays"];
  if (status >= 400) return ["bad_request", "the server does not take this request: look at the message"];
  if (status === 304) return ["not_audit_logs", "a cache answers in place of W&B: look at the proxies"];
  if (status >= 300)
    return ["redirect", "redirects are never followed with a credential: set `url` to the final address"];
  return ["not_audit_logs", "only status 200 carries audit logs: look at what stands between"];
}

/** A redirect's target may hold a token in its query; where it leads to is enough. */
function originOf(location: string | undefined): string {
  try {
    return new URL(location ?? "").origin;
  } catch {
    return "another path";
  }
}
