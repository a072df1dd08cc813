import { each, fields, last, text } from "../../format/protobuf-reader.ts";
import { type GrpcReply, grpcCodes } from "../../net/grpc/grpc.ts";
import { longestWaitMs } from "../../net/http/retry-after.ts";
import type { Secret } from "../../secret/secret.ts";
import { excerpt } from "../../text/excerpt.ts";
import { cleanHeaders, httpOutcome, withoutSecrets } from "../http-outcome.ts";
import type { DeliveryReason, SendResult } from "../output.ts";
import { exported, longestMessage, partialSuccess } from "./exported.ts";

const name = new Map<number, string>(Object.entries(grpcCodes).map(([each, code]) => [code, each]));
const retryInfo = "type.googleapis.com/google.rpc.RetryInfo";

interface Handling {
  readonly reason: DeliveryReason;
  /** A person has to do this first. */
  readonly fix?: string;
}

const addressFix = "check the output's endpoint: what answers there takes no log records over gRPC";

/**
 * What is tried again by itself, and what waits for a person. OTLP calls neither INTERNAL nor UNKNOWN
 * retryable; a broken receiver is no reason to give up data.
 */
const handled: Readonly<Record<number, Handling>> = {
  [grpcCodes.cancelled]: { reason: "busy" },
  [grpcCodes.unknown]: { reason: "server_error" },
  [grpcCodes.deadlineExceeded]: { reason: "timeout" },
  [grpcCodes.notFound]: { reason: "not_found", fix: addressFix },
  [grpcCodes.alreadyExists]: { reason: "configuration", fix: addressFix },
  [grpcCodes.permissionDenied]: {
    reason: "forbidden",
    fix: "check what the output's credential is allowed to do at the remote",
  },
  [grpcCodes.resourceExhausted]: { reason: "rate_limited" },
  [grpcCodes.failedPrecondition]: {
    reason: "configuration",
    fix: "the remote says that it is not set up to take this: look at its log",
  },
  [grpcCodes.aborted]: { reason: "busy" },
  [grpcCodes.outOfRange]: { reason: "server_error" },
  [grpcCodes.unimplemented]: { reason: "not_found", fix: addressFix },
  [grpcCodes.internal]: { reason: "server_error" },
  [grpcCodes.unavailable]: { reason: "busy" },
  [grpcCodes.dataLoss]: { reason: "server_error" },
  [grpcCodes.unauthenticated]: {
    reason: "unauthorized",
    fix: "check the output's `headers`: the remote does not accept the credential",
  },
};

/** What an answer to an export over gRPC means for its `events` events (OTLP specification, "OTLP/gRPC"). */
export function grpcAnswer(
  { status, headers, code, words, details, message }: GrpcReply,
  events: number,
  nowMs: number,
  secrets: readonly Secret[],
): SendResult {
  const said = withoutSecrets(words, secrets);
  // Something between has answered, in HTTP's words; those are stronger than a success in gRPC's.
  const between = code === undefined || (code === grpcCodes.ok && status !== 200);
  if (between) return httpOutcome(status, cleanHeaders(headers, secrets), said, nowMs);
  if (code === grpcCodes.ok) return success(message, events, secrets);
  const detail = excerpt(`gRPC ${nameOf(code)}${said === "" ? "" : `: ${said}`}`, longestMessage);
  if (code === grpcCodes.invalidArgument) return { status: "refused", reason: "bad_event", detail };
  const waitMs = details === undefined ? undefined : retryDelayMs(details);
  if (aboutSizes.has(code) && waitMs === undefined && saysTooLarge(said))
    return { status: "refused", reason: "too_large", detail };
  const { reason, fix } = handlingOf(code, said);
  return {
    status: "retry",
    reason,
    detail,
    ...(fix !== undefined && { fix, hold: true }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  };
}

function success(message: Buffer, events: number, secrets: readonly Secret[]): SendResult {
  try {
    const partial = each(fields(message), 1).at(-1);
    return exported(
      partial === undefined ? { rejected: 0, message: "" } : partialSuccess(partial),
      events,
      secrets,
    );
  } catch {
    return {
      status: "retry",
      reason: "configuration",
      detail: "gRPC ok, and a message that is no answer to an export",
      hold: true,
      fix: addressFix,
    };
  }
}

/** As google.rpc.Code writes them: `RESOURCE_EXHAUSTED`. */
function nameOf(code: number): string {
  const known = name.get(code);
  return known === undefined ? String(code) : known.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function handlingOf(code: number, words: string): Handling {
  if (code === grpcCodes.unimplemented && /compress/i.test(words))
    return {
      reason: "configuration",
      fix: "the remote does not take this encoding: try `compression: none`",
    };
  return handled[code] ?? { reason: "server_error" };
}

/** Of most gRPC libraries, of Rust's, and of Envoy, for which a 413 has no code of its own. */
const aboutSizes: ReadonlySet<number> = new Set([
  grpcCodes.resourceExhausted,
  grpcCodes.outOfRange,
  grpcCodes.unknown,
]);

/** What gRPC libraries say of a message beyond their limit; they have no code of its own for it. */
function saysTooLarge(words: string): boolean {
  return /larger than (?:the )?max|too large|exceeds (?:the )?(?:max|limit)|size limit, of \d+ bytes/i.test(
    words,
  );
}

/** `retry_delay` of a RetryInfo among the details of a google.rpc.Status, milliseconds. */
function retryDelayMs(status: Buffer): number | undefined {
  try {
    for (const detail of each(fields(status), 3)) {
      const any = fields(detail);
      if (text(any, 1) !== retryInfo) continue;
      const info = fields(each(any, 2).at(-1) ?? Buffer.alloc(0));
      const delay = fields(each(info, 1).at(-1) ?? Buffer.alloc(0));
      const [seconds, nanos] = [last(delay, 1) ?? 0n, last(delay, 2) ?? 0n];
      if (typeof seconds !== "bigint" || typeof nanos !== "bigint") return undefined;
      const ms = Number(BigInt.asIntN(64, seconds)) * 1000 + Number(BigInt.asIntN(64, nanos)) / 1e6;
      return Number.isFinite(ms) && ms > 0 ? Math.min(Math.ceil(ms), longestWaitMs) : 0;
    }
  } catch {
    // What cannot be read says nothing.
  }
  return undefined;
}
