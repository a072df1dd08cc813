import { retryAfterMs } from "../../net/http/retry-after.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { HttpReply } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { DeliveryReason, RefusedResult, RetryResult } from "../output.ts";

/** Splunk has taken the batch; with indexer acknowledgement `ackId` is what to ask for. */
export interface Accepted {
  readonly status: "accepted";
  readonly ackId: number | undefined;
  readonly slowDownMs?: number;
}

/** The `code` in Splunk's answers that the acknowledgement has to tell apart. */
export const hecCodes = { channelMissing: 10, invalidChannel: 11, ackDisabled: 14 } as const;

const tokenFix = "check `token`: Splunk, Settings, Data inputs, HTTP Event Collector";
const channelFix =
  "the token asks for indexer acknowledgement: set `ack: true` (when it is set, a proxy may drop X-Splunk-Request-Channel), or switch it off on the token";

/** Codes that wait for a person; `fix` names the key to change. */
const held: Readonly<Record<number, { readonly reason: DeliveryReason; readonly fix: string }>> = {
  1: { reason: "forbidden", fix: "the token is disabled: enable it in Splunk, or give another `token`" },
  2: { reason: "unauthorized", fix: tokenFix },
  3: { reason: "unauthorized", fix: tokenFix },
  4: { reason: "unauthorized", fix: tokenFix },
  5: {
    reason: "configuration",
    fix: "Splunk saw an empty request: a proxy may drop the body, else this is a bug here",
  },
  7: {
    reason: "wrong_destination",
    fix: "check `index`: it must exist and be among the token's allowed indexes",
  },
  10: { reason: "configuration", fix: channelFix },
  11: { reason: "configuration", fix: channelFix },
  14: { reason: "configuration", fix: "the token has no indexer acknowledgement: set `ack: false`" },
  16: { reason: "configuration", fix: "a proxy may move the token into the query: look at the proxies" },
  21: { reason: "unauthorized", fix: tokenFix },
  22: { reason: "forbidden", fix: "the token is disabled: enable it in Splunk, or give another `token`" },
};

/** Codes that pass by themselves. */
const passing: Readonly<Record<number, DeliveryReason>> = {
  8: "server_error",
  9: "busy",
  18: "busy",
  19: "busy",
  20: "busy",
  23: "busy",
  26: "rate_limited",
  27: "rate_limited",
};

/** Codes about one event, named by `invalid-event-number`. */
const aboutOneEvent: ReadonlySet<number> = new Set([6, 12, 13, 15]);
const success = 0;
/** Taken, but a queue fills: 24 the indexing queue, 25 the acknowledgements. */
const filling: ReadonlySet<number> = new Set([24, 25]);
const slowDownMs = 5_000;

/**
 * What Splunk's answer means for a batch of `events` events. Every code of the HTTP Event Collector has its
 * line above; without a code the HTTP status decides.
 */
export function hecAnswer(
  reply: HttpReply,
  events: number,
  nowMs: number,
): Accepted | RetryResult | RefusedResult {
  const { status, headers } = reply;
  const answer = hecBody(reply.text);
  const byStatus = () => httpOutcome(status, headers, reply.text, nowMs);
  // A limit of Splunk, or of a proxy before it, whatever the words.
  if (answer === undefined || status === 413) return byStatus();
  const { code } = answer;
  if (code === success || filling.has(code)) {
    // The words of a success with the status of a failure: something between does not agree.
    if (status < 200 || status > 299) return byStatus();
    const accepted: Accepted = { status: "accepted", ackId: answer.ackId };
    if (!filling.has(code)) return accepted;
    return { ...accepted, slowDownMs: retryAfterMs(headers, nowMs) ?? slowDownMs };
  }
  const detail = excerpt(`code ${code}: ${answer.text}`, 400);
  if (aboutOneEvent.has(code)) return refusal(detail, answer.invalidEvent, events);
  const asked = retryAfterMs(headers, nowMs);
  const wait = asked === undefined ? {} : { retryAfterMs: asked };
  const person = held[code];
  if (person !== undefined) return { status: "retry", hold: true, ...person, detail, ...wait };
  const reason = passing[code];
  if (reason !== undefined) return { status: "retry", reason, detail, ...wait };
  // A code that nobody knows yet, in Splunk's own words: the status says whom it is about.
  return status === 400 || status === 422 ? refusal(detail, answer.invalidEvent, events) : byStatus();
}

/**
 * The number is 0-based. The events before it may be indexed already: resending them makes duplicates with
 * the same uid, not resending them could lose them.
 */
function refusal(detail: string, invalidEvent: unknown, events: number): RefusedResult {
  const known =
    Number.isInteger(invalidEvent) && (invalidEvent as number) >= 0 && (invalidEvent as number) < events;
  return {
    status: "refused",
    reason: "bad_event",
    detail,
    ...(known && { named: [invalidEvent as number] }),
  };
}

/** What Splunk says in an answer's body. */
export interface HecBody {
  readonly code: number;
  readonly text: string;
  readonly invalidEvent: unknown;
  readonly ackId: number | undefined;
}

/** Splunk's own words; undefined when something else speaks. */
export function hecBody(text: string): HecBody | undefined {
  const body = jsonObject(text);
  if (body === undefined || !Number.isInteger(body.code)) return undefined;
  // A google.rpc.Status has codes of its own.
  if (body.text === undefined && body.message !== undefined) return undefined;
  return {
    code: body.code as number,
    text: typeof body.text === "string" ? body.text : "",
    invalidEvent: body["invalid-event-number"],
    ackId: Number.isSafeInteger(body.ackId) ? (body.ackId as number) : undefined,
  };
}

/**
 * Whether an answer of the acknowledgement endpoint says that the id is indexed; undefined when it is no such
 * answer.
 */
export function ackStatus(reply: HttpReply, ackId: number): boolean | undefined {
  if (reply.status !== 200) return undefined;
  const acks = jsonObject(reply.text)?.acks;
  if (typeof acks !== "object" || acks === null) return undefined;
  return (acks as Record<string, unknown>)[ackId] === true;
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
