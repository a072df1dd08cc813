import { isTestEvent } from "../event/test-event.ts";
import type { HttpBehaviour, ReceivedRequest, ReceiverReply } from "./http-behaviour.ts";
import { type HttpReceiver, type HttpReceiverOptions, startHttpReceiver } from "./http-receiver.ts";
import { type OtlpAttribute, type OtlpLogRecord, otlpDecode } from "./otlp-decode.ts";

/**
 * `partial` takes all records but those with the text `match`, and
 * says only how many it left out. `warn` takes all and complains.
 */
export type OtlpBehaviour = "partial" | "warn";

/** The stand-in, and what it took. */
export interface OtlpReceiver extends HttpReceiver<OtlpBehaviour | HttpBehaviour> {
  /** The newest records, oldest first. */
  taken(): readonly OtlpLogRecord[];
  /** Records ever taken. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  /** Headers of the newest request. */
  headers(): Readonly<Record<string, string>>;
}

/** What the collector is like. */
export interface OtlpReceiverOptions {
  readonly port?: number;
  readonly tls?: NonNullable<HttpReceiverOptions["tls"]>;
  /** Value that `authorization` must have. */
  readonly authorization?: string;
  /** A request with a record that holds this text is refused as a whole. */
  readonly refuses?: string;
  /** How many of the newest records are kept for `taken`. */
  readonly keep?: number;
}

/** A stand-in for an OpenTelemetry Collector on loopback: OTLP over HTTP, protobuf and JSON. */
export async function startOtlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const keep = options.keep ?? 100_000;
  const records: OtlpLogRecord[] = [];
  let count = 0;
  let tests = 0;
  let headers: Readonly<Record<string, string>> = {};

  function take(taken: readonly OtlpLogRecord[]): void {
    count += taken.length;
    tests += taken.filter(isTest).length;
    for (const record of taken) records.push(record);
    if (records.length > 2 * keep) records.splice(0, records.length - keep);
  }

  /** Takes what `wanted` lets through; tells of the rest as the protocol does. */
  function answer(
    request: ReceivedRequest,
    wanted: (record: OtlpLogRecord) => boolean,
    message: string,
  ): ReceiverReply {
    headers = request.headers;
    if (request.path !== "/v1/logs") return { status: 404, body: "404 page not found" };
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization)
      return { status: 401, body: "unauthorized" };
    const json = request.headers["content-type"] === "application/json";
    let all: OtlpLogRecord[];
    try {
      all = json ? jsonRecords(request.body) : otlpDecode(request.body);
    } catch {
      return failure(json, "the request cannot be decoded");
    }
    const { refuses } = options;
    if (refuses !== undefined && all.some((record) => JSON.stringify(record).includes(refuses)))
      return failure(json, "a record of the request is not valid");
    const taken = all.filter(wanted);
    take(taken);
    return success(json, all.length - taken.length, message);
  }

  const receiver = await startHttpReceiver<OtlpBehaviour | HttpBehaviour>({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.tls !== undefined && { tls: options.tls }),
    accept: (request) => answer(request, () => true, ""),
    answers: {
      refuse_all: (request) => failure(request.headers["content-type"] === "application/json", "bad request"),
      partial: (request, { match = "" }) =>
        answer(request, (record) => !JSON.stringify(record).includes(match), "some records are not valid"),
      warn: (request) => answer(request, () => true, "an attribute is deprecated"),
    },
  });
  return {
    ...receiver,
    taken: () => records.slice(-keep),
    count: () => count,
    tests: () => tests,
    headers: () => headers,
  };
}

function isTest({ attributes }: OtlpLogRecord): boolean {
  return attributes.some(({ value }) => "stringValue" in value && isTestEvent(value.stringValue));
}

/** An ExportLogsServiceResponse; without anything to say it is an empty message. */
function success(json: boolean, rejected: number, message: string): ReceiverReply {
  const silent = rejected === 0 && message === "";
  if (json) {
    const body = silent
      ? {}
      : { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: message } };
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  }
  const words = Buffer.from(message);
  const partial = Buffer.concat([Buffer.of(0x08, ...varint(rejected), 0x12, ...varint(words.length)), words]);
  const body = silent
    ? Buffer.alloc(0)
    : Buffer.concat([Buffer.of(0x0a, ...varint(partial.length)), partial]);
  return { status: 200, headers: { "content-type": "application/x-protobuf" }, body };
}

/** A 400 with a google.rpc.Status (INVALID_ARGUMENT). */
function failure(json: boolean, message: string): ReceiverReply {
  if (json)
    return {
      status: 400,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code: 3, message }),
    };
  const words = Buffer.from(message);
  const body = Buffer.concat([Buffer.of(0x08, 3, 0x12, ...varint(words.length)), words]);
  return { status: 400, headers: { "content-type": "application/x-protobuf" }, body };
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

interface JsonRequest {
  resourceLogs?: {
    resource?: { attributes?: OtlpAttribute[] };
    scopeLogs?: { scope?: { name?: string }; logRecords?: Partial<OtlpLogRecord>[] }[];
  }[];
}

function jsonRecords(body: Buffer): OtlpLogRecord[] {
  // 64-bit integers may come as numbers.
  const text = (key: string, value: unknown) => (key === "intValue" ? String(value) : value);
  const request = JSON.parse(body.toString("utf8"), text) as JsonRequest;
  return (request.resourceLogs ?? []).flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) =>
      logRecords.map((record) => ({
        timeUnixNano: record.timeUnixNano ?? "0",
        observedTimeUnixNano: record.observedTimeUnixNano ?? "0",
        severityNumber: record.severityNumber ?? 0,
        severityText: record.severityText ?? "",
        eventName: record.eventName ?? "",
        body: record.body ?? {},
        attributes: record.attributes ?? [],
        resource: resource?.attributes ?? [],
        scope: scope?.name ?? "",
      })),
    ),
  );
}
