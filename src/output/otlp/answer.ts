import { each, fields } from "../../format/protobuf-reader.ts";
import type { Secret } from "../../secret/secret.ts";
import { excerpt } from "../../text/excerpt.ts";
import { cleanHeaders, httpOutcome, withoutSecrets } from "../http-outcome.ts";
import type { SendResult } from "../output.ts";
import { type Exported, exported, longestMessage, partialSuccess } from "./exported.ts";

/** An answer as it came. */
export interface OtlpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Statuses that speak about the records, when a google.rpc.Status comes with them. */
const refusing: ReadonlySet<number> = new Set([400, 422]);

/**
 * What an answer to an export request means for its `events` events (OTLP specification, "Full Success" to
 * "Failures").
 */
export function otlpAnswer(
  reply: OtlpReply,
  events: number,
  nowMs: number,
  secrets: readonly Secret[],
): SendResult {
  const words = (text: string) => excerpt(withoutSecrets(text, secrets), longestMessage);
  const success = reply.status >= 200 && reply.status <= 299;
  const status = success ? undefined : statusMessage(reply);
  const response = success ? exportResponse(reply) : undefined;
  if (status !== undefined && refusing.has(reply.status))
    return { status: "refused", reason: "bad_event", detail: words(`HTTP ${reply.status}: ${status}`) };
  if (response === undefined) {
    const said = withoutSecrets(status ?? reply.body.toString("utf8"), secrets);
    return httpOutcome(reply.status, cleanHeaders(reply.headers, secrets), said, nowMs);
  }
  return exported(response, events, secrets);
}

/** What a success says about the records; undefined when it is no answer to an export. */
function exportResponse({ headers, body }: OtlpReply): Exported | undefined {
  const type = mediaType(headers);
  if (type === "text/html") return undefined;
  // On full success the message has no field set (OTLP 1.9 "Full Success"), which in protobuf is zero bytes;
  // so is the 204 of some stores.
  if (body.length === 0) return { rejected: 0, message: "" };
  try {
    if (type === "application/json") return jsonResponse(JSON.parse(body.toString("utf8")));
    if (protobufTypes.has(type) || isPartialSuccess(body)) return protobufResponse(body);
    return oddJson(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

const protobufTypes = new Set(["application/x-protobuf", "application/protobuf"]);

function protobufResponse(body: Buffer): Exported {
  const partial = each(fields(body), 1).at(-1);
  return partial === undefined ? { rejected: 0, message: "" } : partialSuccess(partial);
}

/**
 * Under a media type that says nothing, or none: field 1 and nothing else, as every answer to an export that
 * is not empty is built. A word of text never is.
 */
function isPartialSuccess(body: Buffer): boolean {
  if (body[0] !== 0x0a) return false;
  let length = 0;
  let at = 1;
  for (let shift = 0; at < Math.min(body.length, 5); shift += 7) {
    const byte = body[at++] as number;
    length += (byte & 0x7f) << shift;
    if (byte < 0x80) return length === body.length - at;
  }
  return false;
}

/** The same in JSON: `partialSuccess` and nothing else. */
function oddJson(text: string): Exported | undefined {
  const answer: unknown = JSON.parse(text);
  const foreign = Object.keys(Object(answer)).some((key) => key !== "partialSuccess");
  return foreign ? undefined : jsonResponse(answer);
}

function jsonResponse(answer: unknown): Exported | undefined {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return undefined;
  const { partialSuccess } = answer as { partialSuccess?: unknown };
  // Unknown fields are passed over (OTLP 1.9 "JSON Protobuf Encoding"), but an object of nothing else, such
  // as {"error":"boom"}, does not say that anything was taken.
  if (partialSuccess === undefined && Object.keys(answer).length > 0) return undefined;
  if (partialSuccess === undefined || partialSuccess === null) return { rejected: 0, message: "" };
  if (typeof partialSuccess !== "object" || Array.isArray(partialSuccess)) return undefined;
  const { rejectedLogRecords, errorMessage } = partialSuccess as {
    rejectedLogRecords?: unknown;
    errorMessage?: unknown;
  };
  // A 64-bit integer is a text in protobuf's JSON; some write a number.
  const count = rejectedLogRecords ?? 0;
  if (typeof count !== "number" && !(typeof count === "string" && /^\d+$/.test(count))) return undefined;
  const rejected = Number(count);
  if (rejected < 0) return undefined;
  return { rejected, message: typeof errorMessage === "string" ? errorMessage : "" };
}

/** The words of a google.rpc.Status, which the body of a failure is; undefined when something else speaks. */
function statusMessage({ headers, body }: OtlpReply): string | undefined {
  const type = mediaType(headers);
  if (type === "application/json") return jsonMessage(body.toString("utf8"));
  if (protobufTypes.has(type)) return body.length === 0 ? "" : protobufMessage(body);
  return wordless.has(type) && beginsAsStatus(body) ? protobufMessage(body) : undefined;
}

/** Media types that say nothing: Grafana's Loki and Mimir send a Status so. */
const wordless = new Set(["application/octet-stream", ""]);

/** By the field that holds its code, or the one that holds its message; no text begins with either. */
function beginsAsStatus(body: Buffer): boolean {
  return body[0] === 0x08 || body[0] === 0x12;
}

function jsonMessage(text: string): string | undefined {
  try {
    const { message, code } = JSON.parse(text) as { message?: unknown; code?: unknown };
    if (typeof message === "string") return message;
    return typeof code === "number" ? "" : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A Status has the shape of a partial success, a number in field 1 and a text in field 2, so the same reader
 * takes it.
 */
function protobufMessage(body: Buffer): string | undefined {
  try {
    return partialSuccess(body).message;
  } catch {
    return undefined;
  }
}

function mediaType(headers: Readonly<Record<string, string>>): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
