import type { AuditEvent } from "../../event/event.ts";
import type { Format } from "../../format/format.ts";
import { httpClient } from "../../net/http/client.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import { isHeaderValue } from "../../schema/headers.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { type HttpReply, httpExchange } from "../http-exchange.ts";
import { timedOut } from "../http-outcome.ts";
import type { Output, RetryResult, SendResult } from "../output.ts";
import { type Packing, packed } from "../packed.ts";
import type { Payloads } from "../payloads.ts";
import { type AnswerRules, endpointAnswer } from "./answer.ts";
import { type Authorization, isRetry } from "./auth/authorization.ts";
import { type BodyShape, requestBody } from "./body.ts";
import { type OldestAccepted, sorted } from "./oldest.ts";
import { probeEndpoint } from "./probe.ts";
import { secretsOfPath } from "./secret-path.ts";
import { timeBytes, writeHead } from "./template.ts";

/** What an endpoint is sent with; times in milliseconds. */
export interface EndpointOptions {
  readonly http: HttpOptions;
  readonly method: "POST" | "PUT";
  /** Behind the path of the address, and no less a credential than a token. */
  readonly secretPath: Secret | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly contentType: string;
  readonly authorization: Authorization;
  readonly write: Format;
  readonly body: BodyShape;
  readonly rules: AnswerRules;
  readonly oldest: OldestAccepted | undefined;
  readonly maxEventBytes: number | undefined;
  readonly compression: Packing;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Any endpoint that takes events over HTTP. Does not connect yet. */
export function httpEndpoint(options: EndpointOptions): Output {
  const { http, headers, authorization, secretPath, clock, write, timeoutMs, oldest, body: shape } = options;
  // Its time in front of an event is for us alone, and only where its age counts.
  const head = oldest === undefined ? 0 : timeBytes;
  const besideBytes = head + shape.between.length;
  const client = httpClient(http);
  const where = http.url.host;
  const pathSecrets = secretPath === undefined ? () => [] : secretsOfPath(secretPath);

  async function ask(body: readonly Buffer[], deadline: AbortSignal): Promise<HttpReply | RetryResult> {
    const lets = await authorization.headers(deadline);
    if (isRetry(lets)) return lets;
    const given = Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()]));
    const path = pathOf(options);
    if (![...Object.values(given), ...Object.values(lets)].every(isHeaderValue)) return unusableHeader;
    if (!/^[\x21-\x7e]+$/.test(path)) return unusablePath;
    const { body: sent, headers: coding } = await packed(body, options.compression);
    const request = {
      method: options.method,
      path,
      headers: { ...given, ...lets, "content-type": options.contentType, ...coding },
      body: sent,
      deadline,
    };
    const secrets = [...headers.map(([, value]) => value), ...authorization.secrets(), ...pathSecrets()];
    return httpExchange(client, request, where, secrets);
  }

  /** A token that ended before its time is asked for once more. */
  async function exchange(body: readonly Buffer[], within: AbortSignal): Promise<HttpReply | RetryResult> {
    const { signal, clear } = deadlineAfter(clock, timeoutMs, within);
    try {
      const reply = await ask(body, signal);
      return reply.status === 401 && authorization.renew() ? await ask(body, signal) : reply;
    } finally {
      clear();
    }
  }

  async function attempt(batch: Payloads, within: AbortSignal): Promise<SendResult> {
    if (within.aborted) return timedOut(where);
    const { indexes, rejected, hold } = sorted(batch, { ...options, where, besideBytes });
    if (hold !== undefined) return hold;
    if (indexes.length === 0) return { status: "delivered", rejected };
    const reply = await exchange(requestBody(batch, indexes, head, shape), within);
    if (reply.status === "retry") return reply;
    const answer = endpointAnswer(reply, options.rules, clock.now());
    return answer === "accepted" ? { status: "delivered", rejected } : answer;
  }

  return {
    encode(event: AuditEvent, into) {
      if (head > 0) into.part(writeHead, event);
      write(event, into);
      into.constant(shape.between);
    },
    send: attempt,
    probe: (deadline) => probeEndpoint({ http, deadline, ask: () => exchange([], deadline), options }),
    reload: () => [client.reload(), authorization.reload()].includes(true),
    async close() {
      await Promise.all([client.close(), authorization.close()]);
    },
  };
}

function pathOf({ http: { url }, secretPath, query }: EndpointOptions): string {
  const path = url.pathname + (secretPath?.reveal() ?? "");
  const more = new URLSearchParams(query).toString();
  if (more === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${more}`;
}

const unusableHeader: RetryResult = {
  ...{ status: "retry", reason: "configuration", hold: true },
  detail: "a header's value holds characters that a header cannot carry",
  fix: "look at the files that `headers` and `auth` are read from: one line of text, no control characters",
};

const unusablePath: RetryResult = {
  ...{ status: "retry", reason: "configuration", hold: true },
  detail: "the path of the address holds characters that cannot stand in one",
  fix: "look at `secret_path` and where it is read from: percent-encode what is no letter, digit or -._~/",
};
