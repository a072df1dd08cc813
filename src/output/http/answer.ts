import { retryAfterMs } from "../../net/http/retry-after.ts";
import { excerpt } from "../../text/excerpt.ts";
import { type HttpReply, isPage } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { RefusedResult, RetryResult } from "../output.ts";

/** What an answer may be said to mean. */
export const meanings = ["delivered", "retry", "hold", "bad_event", "too_large"] as const;
/** One of them. */
export type Meaning = (typeof meanings)[number];

/** What answers mean where the endpoint has its own words. */
export interface AnswerRules {
  /** Statuses of a success; absent: every 2xx. */
  readonly success: { readonly status: readonly number[] | undefined; readonly contains: string | undefined };
  /** The first that fits counts, before everything else. */
  readonly answers: readonly {
    readonly status: number;
    readonly contains: string | undefined;
    readonly means: Meaning;
  }[];
}

/** What an answer means for the batch. */
export function endpointAnswer(
  reply: HttpReply,
  { success, answers }: AnswerRules,
  nowMs: number,
): "accepted" | RetryResult | RefusedResult {
  const { status, headers, text } = reply;
  const holds = (contains: string | undefined) => contains === undefined || text.includes(contains);
  const rule = answers.find((each) => each.status === status && holds(each.contains));
  if (rule !== undefined) return asSaid(rule.means, reply, nowMs);
  const expected = success.status?.includes(status) ?? (status >= 200 && status <= 299);
  if (expected && !isPage(reply) && holds(success.contains)) return "accepted";
  // In JSON it is the endpoint that speaks, and not what stands before it.
  if ((status === 400 || status === 422) && isJson(reply)) return asSaid("bad_event", reply, nowMs);
  return httpOutcome(status, headers, text, nowMs);
}

function asSaid(
  means: Meaning,
  { status, headers, text }: HttpReply,
  nowMs: number,
): "accepted" | RetryResult | RefusedResult {
  const detail = excerpt(`HTTP ${status}: ${text}`, 400);
  const asked = retryAfterMs(headers, nowMs);
  const wait = asked === undefined ? {} : { retryAfterMs: asked };
  switch (means) {
    case "delivered":
      return "accepted";
    case "bad_event":
    case "too_large":
      return { status: "refused", reason: means, detail };
    case "retry":
      return { status: "retry", reason: "busy", detail, ...wait };
    case "hold":
      return { status: "retry", hold: true, reason: "configuration", detail, fix: heldFix, ...wait };
  }
}

const heldFix = "the endpoint says what is wrong: repair it there, or in this output's settings";

function isJson({ headers, text }: HttpReply): boolean {
  if (!(headers["content-type"] ?? "").includes("json")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
