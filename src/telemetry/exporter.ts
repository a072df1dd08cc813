import { promisify } from "node:util";
import { gzip as gzipWithCallback } from "node:zlib";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Agent } from "../agent.ts";
import { httpClient } from "../net/http/client.ts";
import { networkFault } from "../net/http/fault.ts";
import type { HttpAnswer } from "../net/http/http.ts";
import type { Environment } from "../net/http/proxy.ts";
import { retryAfterMs } from "../net/http/retry-after.ts";
import type { OtlpEnvironment } from "../net/otlp-environment.ts";
import { type Backoff, backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";

const gzip = promisify(gzipWithCallback);
const defaultTimeoutMs = 10_000;
const backoff: Backoff = { minMs: 1_000, maxMs: 5_000 };
const maxAnswerBytes = 65_536;
/** OpenTelemetry Protocol Specification, "Retryable Response Codes". */
const retryable = new Set([429, 502, 503, 504]);

/** The part of the library's serializers that is used here. */
export interface Serializer<T> {
  serializeRequest(items: T): Uint8Array | undefined;
  deserializeResponse(bytes: Uint8Array): {
    readonly partialSuccess?: { readonly rejectedSpans?: number; readonly rejectedDataPoints?: number };
  };
}

export interface ExporterOptions {
  readonly otlp: OtlpEnvironment;
  readonly environment: Environment;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends what is under way. */
  readonly giveUp: AbortSignal;
  /** Takes why something did not arrive, without secrets and without the remote's words. */
  readonly complain: (detail: string) => void;
}

/** What the SDK takes for spans and for metrics alike. */
export interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
  disconnect(): Promise<void>;
}

/** undefined: it arrived. `retryInMs`: it may the next time. */
type Failure = { readonly detail: string; readonly retryInMs?: number } | undefined;

/** OTLP over HTTP with the program's own client, so that proxies, TLS and redirects are treated as everywhere else. Throws when a certificate file is missing. */
export function exporter<T>(serializer: Serializer<T>, options: ExporterOptions): Exporter<T> {
  const { otlp, environment, agent, clock, random, giveUp, complain } = options;
  const { endpoint, headers, tls, compression, timeoutMs = defaultTimeoutMs } = otlp;
  const where = endpoint.host;
  const client = httpClient({
    url: endpoint,
    tls: endpoint.protocol === "https:" ? { insecure_skip_verify: false, ...tls } : undefined,
    environment,
    userAgent: `${agent.name}/${agent.version}`,
    headersTimeoutMs: timeoutMs,
  });
  const zipped = compression === "gzip";

  async function attempt(body: Buffer, deadline: AbortSignal, failures: number): Promise<Failure> {
    const again = () => backoffMs(failures, backoff, random);
    try {
      const answer = await client.request({
        method: "POST",
        path: endpoint.pathname + endpoint.search,
        headers: {
          ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
          "content-type": "application/x-protobuf",
          ...(zipped && { "content-encoding": "gzip" }),
        },
        body,
        deadline,
      });
      if (answer.status >= 200 && answer.status < 300) return await rejection(answer);
      answer.discard();
      const detail = `${where} answered ${answer.status}`;
      if (!retryable.has(answer.status)) return { detail };
      return { detail, retryInMs: retryAfterMs(answer.headers, clock.now()) ?? again() };
    } catch (error) {
      if (deadline.aborted) return { detail: `${where}: no answer in time` };
      return { detail: networkFault(error, where).detail, retryInMs: again() };
    }
  }

  /** A success can still say that it left something out; which words it finds for that is not repeated. */
  async function rejection(answer: HttpAnswer): Promise<Failure> {
    const body = await firstBytes(answer.body, maxAnswerBytes);
    const type = answer.headers["content-type"] ?? "";
    if (type.startsWith("text/html")) return { detail: `${where} answered with a web page` };
    if (!type.startsWith("application/x-protobuf")) return undefined;
    const { rejectedSpans, rejectedDataPoints } = serializer.deserializeResponse(body).partialSuccess ?? {};
    const rejected = Number(rejectedSpans ?? rejectedDataPoints ?? 0);
    return rejected > 0 ? { detail: `${where} rejected ${rejected} of them` } : undefined;
  }

  async function send(items: T): Promise<Failure> {
    const { signal, clear } = deadlineAfter(timeoutMs, giveUp);
    const end = clock.monotonic() + timeoutMs;
    try {
      const plain = Buffer.from(serializer.serializeRequest(items) ?? []);
      const body = zipped ? await gzip(plain) : plain;
      for (let failures = 1; ; failures++) {
        const failure = await attempt(body, signal, failures);
        if (failure?.retryInMs === undefined || clock.monotonic() + failure.retryInMs > end) return failure;
        await clock.sleep(failure.retryInMs, signal);
        if (signal.aborted) return failure;
      }
    } catch (error) {
      return { detail: error instanceof Error ? error.message : String(error) };
    } finally {
      clear();
    }
  }

  return {
    export(items, done) {
      void send(items).then((failure) => {
        if (failure !== undefined) complain(failure.detail);
        done({ code: failure === undefined ? ExportResultCode.SUCCESS : ExportResultCode.FAILED });
      });
    },
    // The SDK waits for each export itself.
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    disconnect: () => client.close(),
  };
}

async function firstBytes(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let room = limit;
  for await (const piece of body) {
    pieces.push(piece.subarray(0, room));
    room -= piece.length;
    if (room <= 0) break;
  }
  return Buffer.concat(pieces);
}
