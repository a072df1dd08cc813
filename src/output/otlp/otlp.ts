import { promisify } from "node:util";
import { gzip as gzipWithCallback } from "node:zlib";
import type { AnyValue } from "@opentelemetry/api-logs";
import { JsonLogsSerializer, ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { httpClient } from "../../net/http/client.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import { type Compression, isHeaderValue, type Protocol } from "../../net/otlp-environment.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { failedExchange, maxAnswerBytes, timedOut } from "../http-outcome.ts";
import type { Output, SendResult } from "../output.ts";
import { type OtlpReply, otlpAnswer } from "./answer.ts";
import { probeOtlp } from "./probe.ts";
import { type RecordOptions, recordOf } from "./record.ts";

const gzip = promisify(gzipWithCallback);
/** The specification's own limit for what a client reads of a success. */
const maxSuccessBytes = 4_194_304;

/** What an OTLP output is made with; times in milliseconds. */
export interface OtlpOptions extends RecordOptions {
  /** `url` is the whole address. */
  readonly http: HttpOptions;
  readonly protocol: Protocol;
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly compression: Compression;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A record on its way; `byteLength` is close to what it takes, as only a whole request is serialized. */
export interface OtlpPayload {
  readonly record: ReadableLogRecord;
  readonly byteLength: number;
}

/** OpenTelemetry log records over HTTP, one resource for each W&B instance. */
export function otlp(options: OtlpOptions): Output<OtlpPayload> {
  const { http, headers, protocol, clock } = options;
  const client = httpClient(http);
  const where = http.url.host;
  const json = protocol === "http/json";
  const serializer = json ? JsonLogsSerializer : ProtobufLogsSerializer;
  const secrets = headers.map(([, value]) => value);
  const overhead = json ? 40 : 8;

  async function post(records: ReadableLogRecord[], deadline: AbortSignal): Promise<OtlpReply> {
    const plain = Buffer.from(serializer.serializeRequest(records) ?? []);
    const gzipped = options.compression === "gzip";
    const answer = await client.request({
      method: "POST",
      path: http.url.pathname + http.url.search,
      headers: {
        ...Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
        "content-type": json ? "application/json" : "application/x-protobuf",
        ...(gzipped && { "content-encoding": "gzip" }),
      },
      // Level 1: the others cost several times the CPU for a few percent.
      body: gzipped ? await gzip(plain, { level: 1 }) : plain,
      deadline,
    });
    const limit = answer.status < 300 ? maxSuccessBytes : maxAnswerBytes;
    return { status: answer.status, headers: answer.headers, body: await answer.bytes(limit) };
  }

  async function attempt(records: ReadableLogRecord[], within: AbortSignal): Promise<SendResult> {
    if (within.aborted) return timedOut(where);
    if (!headers.every(([, value]) => isHeaderValue(value.reveal()))) return unusableHeader;
    const { signal, clear } = deadlineAfter(clock, options.timeoutMs, within);
    try {
      return otlpAnswer(await post(records, signal), records.length, clock.now(), secrets);
    } catch (error) {
      return failedExchange(error, where, signal);
    } finally {
      clear();
    }
  }

  return {
    encode(event) {
      const record = recordOf(event, options);
      return { record, byteLength: sizeOf(record, overhead) };
    },
    send: (batch, deadline) =>
      attempt(
        batch.map(({ payload }) => payload.record),
        deadline,
      ),
    probe: (deadline) => probeOtlp({ http, deadline, empty: () => attempt([], deadline) }),
    reload: () => client.reload(),
    close: () => client.close(),
  };
}

/** A secret file can change to anything while the program runs. */
const unusableHeader: SendResult = {
  status: "retry",
  reason: "configuration",
  hold: true,
  detail: "a header's value holds characters that a header cannot carry",
  fix: "look at the files that `headers` are read from: one line of text, no control characters",
};

function sizeOf({ body, attributes }: ReadableLogRecord, overhead: number): number {
  return 100 + valueSize(body, overhead) + valueSize(attributes, overhead);
}

function valueSize(value: AnyValue, overhead: number): number {
  if (typeof value === "string") return Buffer.byteLength(value) + overhead;
  if (typeof value !== "object" || value === null) return 8 + overhead;
  let size = overhead;
  for (const key in value) size += key.length + valueSize((value as Record<string, AnyValue>)[key], overhead);
  return size;
}
