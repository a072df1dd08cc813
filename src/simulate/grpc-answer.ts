import type { ServerHttp2Stream } from "node:http2";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { type BehaviourDetail, httpBehaviours } from "./http-behaviour.ts";
import { type OtlpLogRecord, otlpDecode } from "./otlp-decode.ts";

/**
 * `partial` takes all records but those with the text `match`; `refuse_one` refuses requests that hold one.
 */
export const grpcBehaviours = [...httpBehaviours, "partial", "warn", "refuse_one", "internal"] as const;
/** One of them. */
export type GrpcBehaviour = (typeof grpcBehaviours)[number];

/** A status, and what goes with it. */
export interface GrpcSaid {
  readonly code: number;
  readonly words?: string;
  readonly details?: Buffer;
  readonly message?: Buffer;
}

/** What was asked, and how the receiver is. */
export interface GrpcAsked {
  readonly behaviour: GrpcBehaviour;
  readonly detail: BehaviourDetail;
  readonly options: { readonly authorization?: string; readonly refuses?: string };
  readonly take: (records: readonly OtlpLogRecord[]) => void;
}

/** What is said to an export. */
export function grpcSaid(
  body: Buffer,
  headers: Record<string, unknown>,
  { behaviour, detail, options, take }: GrpcAsked,
): GrpcSaid {
  if (headers[":path"] !== "/opentelemetry.proto.collector.logs.v1.LogsService/Export")
    return { code: 12, words: `unknown service of ${String(headers[":path"])}` };
  if (options.authorization !== undefined && headers.authorization !== options.authorization)
    return { code: 16, words: "no valid credential" };
  const fixed = codes[behaviour];
  if (fixed !== undefined) return { ...fixed, ...(behaviour === "throttle" && { details: retryIn(detail) }) };
  const message = unpacked(body, String(headers["grpc-encoding"] ?? "identity"));
  if (behaviour === "too_large" && message.length > (detail.maxBytes ?? 0))
    return {
      code: 8,
      words: `grpc: received message larger than max (${message.length} vs. ${detail.maxBytes})`,
    };
  const all = otlpDecode(message);
  const bad = behaviour === "refuse_one" ? detail.match : options.refuses;
  const holds = (text: string) => (record: OtlpLogRecord) => JSON.stringify(record).includes(text);
  if (bad !== undefined && all.some(holds(bad))) return { code: 3, words: "a record is not valid: 100 %" };
  const left = behaviour === "partial" ? all.filter(holds(detail.match ?? "")) : [];
  take(all.filter((record) => !left.includes(record)));
  if (left.length > 0) return { code: 0, message: partial(left.length, "some records are not valid") };
  return {
    code: 0,
    message: behaviour === "warn" ? partial(0, "an attribute is deprecated") : Buffer.alloc(0),
  };
}

const codes: Partial<Record<GrpcBehaviour, GrpcSaid>> = {
  busy: { code: 14, words: "no room" },
  throttle: { code: 8, words: "slow down" },
  unauthorized: { code: 16, words: "who are you?" },
  forbidden: { code: 7, words: "not you" },
  not_found: { code: 12, words: "unknown service" },
  refuse_all: { code: 3, words: "a record is not valid: 100 %" },
  server_error: { code: 2, words: "oh" },
  internal: { code: 13, words: "oh" },
};

/** What no gRPC server says, but a gateway before one may. */
export function grpcPage(
  behaviour: GrpcBehaviour,
  { status, location }: BehaviourDetail,
): ((stream: ServerHttp2Stream) => void) | undefined {
  if (behaviour === "html")
    return (stream) => {
      stream.respond({ ":status": status ?? 200, "content-type": "text/html" });
      stream.end("<!doctype html><title>Sign in</title>");
    };
  if (behaviour === "redirect")
    return (stream) =>
      stream.respond({ ":status": status ?? 302, location: location ?? "/elsewhere" }, { endStream: true });
  if (behaviour === "bomb")
    return (stream) => {
      stream.respond({ ":status": 500, "content-type": "text/plain" });
      const pour = () => {
        while (!stream.destroyed && stream.write(Buffer.alloc(65_536, "\u001b[2J\r\nnonsense ")));
      };
      stream.on("drain", pour);
      pour();
    };
  if (behaviour === "cut_answer")
    return (stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      stream.write(Buffer.of(0, 0, 0), () => stream.session?.destroy());
    };
  return undefined;
}

/** Says it, as gRPC does. */
export function grpcRespond(
  stream: ServerHttp2Stream,
  { code, words = "", details, message }: GrpcSaid,
): void {
  const trailers = {
    "grpc-status": String(code),
    ...(words !== "" && { "grpc-message": words.replace(/[^ -$&-~]/g, encodeURIComponent) }),
    ...(details !== undefined && { "grpc-status-details-bin": details.toString("base64") }),
  };
  const head = { ":status": 200, "content-type": "application/grpc" };
  // Trailers alone, as servers do that have no message.
  if (message === undefined) return void stream.respond({ ...head, ...trailers }, { endStream: true });
  stream.respond(head, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  const length = Buffer.alloc(5);
  length.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([length, message]));
}

function unpacked(body: Buffer, encoding: string): Buffer {
  const message = body.subarray(5);
  if (body.readUInt32BE(1) !== message.length) throw new Error("the length is wrong");
  if (body[0] === 0) return message;
  return encoding === "zstd" ? zstdDecompressSync(message) : gunzipSync(message);
}

function partial(rejected: number, words: string): Buffer {
  const text = Buffer.from(words);
  const inner = Buffer.concat([Buffer.of(0x08, ...varint(rejected), 0x12, ...varint(text.length)), text]);
  return Buffer.concat([Buffer.of(0x0a, ...varint(inner.length)), inner]);
}

/** A google.rpc.Status with a RetryInfo. */
function retryIn({ retryAfter }: BehaviourDetail): Buffer {
  if (retryAfter === undefined) return Buffer.of(0x08, 8);
  const delay = Buffer.of(0x08, ...varint(Number(retryAfter)));
  const info = Buffer.of(0x0a, delay.length, ...delay);
  const type = Buffer.from("type.googleapis.com/google.rpc.RetryInfo");
  const any = Buffer.concat([Buffer.of(0x0a, type.length), type, Buffer.of(0x12, info.length), info]);
  return Buffer.concat([Buffer.of(0x08, 8, 0x1a, any.length), any]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
