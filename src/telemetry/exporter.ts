import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Agent } from "../agent.ts";
import type { Environment } from "../net/http/proxy.ts";
import type { OtlpEnvironment } from "../net/otlp-environment.ts";
import { type Backoff, backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { collector, type Undelivered } from "./collector.ts";

const defaultTimeoutMs = 10_000;
const backoff: Backoff = { minMs: 1_000, maxMs: 5_000 };

/** The part of the library's serializers that is used here. */
export interface Serializer<T> {
  serializeRequest(items: T): Uint8Array | undefined;
  deserializeResponse(bytes: Uint8Array): {
    readonly partialSuccess?: { readonly rejectedSpans?: number; readonly rejectedDataPoints?: number };
  };
}

/** What an exporter is made with. */
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

/**
 * Sends what the SDK gives it, again and again within the time that
 * one export may take. Throws when a certificate file is missing.
 */
export function exporter<T>(serializer: Serializer<T>, options: ExporterOptions): Exporter<T> {
  const { clock, random, giveUp, complain } = options;
  const { timeoutMs = defaultTimeoutMs } = options.otlp;
  const remote = collector(options);

  function rejectedIn(body: Uint8Array): number {
    const { rejectedSpans, rejectedDataPoints } = serializer.deserializeResponse(body).partialSuccess ?? {};
    return Number(rejectedSpans ?? rejectedDataPoints ?? 0);
  }

  async function send(items: T): Promise<Undelivered | undefined> {
    const { signal, clear } = deadlineAfter(clock, timeoutMs, giveUp);
    const end = clock.monotonic() + timeoutMs;
    try {
      const request = serializer.serializeRequest(items) ?? new Uint8Array();
      for (let failures = 1; ; failures++) {
        const failure = await remote.post(request, rejectedIn, signal);
        if (failure?.retry === undefined) return failure;
        const waitMs = failure.retry.afterMs ?? backoffMs(failures, backoff, random);
        if (clock.monotonic() + waitMs > end) return failure;
        await clock.sleep(waitMs, signal);
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
    disconnect: () => remote.close(),
  };
}
