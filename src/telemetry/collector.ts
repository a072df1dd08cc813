import { promisify } from "node:util";
import { gzip as gzipWithCallback } from "node:zlib";
import type { Agent } from "../agent.ts";
import { httpClient } from "../net/http/client.ts";
import { networkFault } from "../net/http/fault.ts";
import type { HttpAnswer, HttpClient } from "../net/http/http.ts";
import type { Environment } from "../net/http/proxy.ts";
import { retryAfterMs } from "../net/http/retry-after.ts";
import type { OtlpEnvironment } from "../net/otlp-environment.ts";
import type { Clock } from "../time/clock.ts";

const gzip = promisify(gzipWithCallback);
const maxAnswerBytes = 65_536;
/** OpenTelemetry Protocol Specification, "Retryable Response Codes". */
const retryable = new Set([429, 502, 503, 504]);

/** Where to, and how. */
export interface CollectorOptions {
  readonly otlp: OtlpEnvironment;
  readonly environment: Environment;
  readonly agent: Agent;
  readonly clock: Clock;
}

/** Why something did not arrive, without secrets and without the remote's words. */
export interface Undelivered {
  readonly detail: string;
  /** It may arrive the next time; `afterMs` when the remote named a time. */
  readonly retry?: { readonly afterMs: number | undefined };
}

/** How many items the remote says it left out, read from the body of a success. */
export type RejectedIn = (body: Uint8Array) => number;

/** The remote that one signal goes to. */
export interface Collector {
  /** One attempt with a serialized request; undefined when it arrived. Never throws. */
  post(request: Uint8Array, rejectedIn: RejectedIn, deadline: AbortSignal): Promise<Undelivered | undefined>;
  close(): Promise<void>;
}

/**
 * OTLP over HTTP with the program's own client, so that proxies, TLS and redirects are treated as
 * everywhere else. Throws when a certificate file is missing.
 */
export function collector({ otlp, environment, agent, clock }: CollectorOptions): Collector {
  const { endpoint, headers, tls, compression } = otlp;
  const where = endpoint.host;
  const zipped = compression === "gzip";
  const client = httpClient({
    url: endpoint,
    tls: endpoint.protocol === "https:" ? { insecure_skip_verify: false, ...tls } : undefined,
    environment,
    userAgent: `${agent.name}/${agent.version}`,
    clock,
  });
  const sent = {
    ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    "content-type": "application/x-protobuf",
    ...(zipped && { "content-encoding": "gzip" }),
  };
  return {
    async post(request, rejectedIn, deadline) {
      try {
        const body = zipped ? await gzip(request) : Buffer.from(request);
        const path = endpoint.pathname + endpoint.search;
        const answer = await client.request({ method: "POST", path, headers: sent, body, deadline });
        if (answer.status >= 200 && answer.status < 300) return await leftOut(answer, rejectedIn, where);
        answer.discard();
        const detail = `${where} answered ${answer.status}`;
        if (!retryable.has(answer.status)) return { detail };
        return { detail, retry: { afterMs: retryAfterMs(answer.headers, clock.now()) } };
      } catch (error) {
        readAgain(client);
        if (deadline.aborted) return { detail: `${where}: no answer in time` };
        return { detail: networkFault(error, where).detail, retry: { afterMs: undefined } };
      }
    },
    close: () => client.close(),
  };
}

/** The certificate may have been renewed since. One that cannot be used is told by what fails then. */
function readAgain(client: HttpClient): void {
  try {
    client.reload();
  } catch {
    // The one that was read before stays in use.
  }
}

/** A success can still say that it left something out; which words it finds for that is not repeated. */
async function leftOut(
  answer: HttpAnswer,
  rejectedIn: RejectedIn,
  where: string,
): Promise<Undelivered | undefined> {
  const body = await answer.bytes(maxAnswerBytes);
  const type = answer.headers["content-type"] ?? "";
  if (type.startsWith("text/html")) return { detail: `${where} answered with a web page` };
  if (!type.startsWith("application/x-protobuf")) return undefined;
  const rejected = rejectedIn(body);
  return rejected > 0 ? { detail: `${where} rejected ${rejected} of them` } : undefined;
}
