import { retryAfterMs } from "../../net/http/retry-after.ts";
import { excerpt } from "../../text/excerpt.ts";
import { type HttpReply, isPage } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { RefusedResult, RetryResult } from "../output.ts";
import { untaken } from "./partly.ts";

/** What an answer may be said to mean. */
export const meanings = ["delivered", "retry", "hold", "bad_event", "too_large"] as const;
/** One of them. */
export type Meaning = (typeof meanings)[number];

/** What answers mean where the endpoint has its own words. */
export interface AnswerRules {
  /** Statuses of a success; absent: every 2xx but 207, by which parts of a batch may have failed. */
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
  const expected = success.status?.includes(status) ?? isSuccess(status);
  if (expected && !isPage(reply) && holds(success.contains)) {
    // Who has said what every success holds knows better.
    const words = success.contains === undefined ? untaken(text) : undefined;
    return words === undefined ? "accepted" : notAll(reply, words);
  }
  // In JSON it is the endpoint that speaks, and not what stands before it.
  if ((status === 400 || status === 422) && isJson(reply)) return asSaid("bad_event", reply, nowMs);
  if (status === multiStatus && success.status === undefined) return severalAnswers(text);
  return httpOutcome(status, headers, text, nowMs);
}

function notAll({ status, text }: HttpReply, words: string): RetryResult {
  const detail = excerpt(`HTTP ${status} with \`${words}\`: ${text}`, 400);
  return { status: "retry", hold: true, reason: "configuration", detail, fix: notAllFix };
}

const notAllFix =
  "the answer is a success and says that not all was taken: repair that there, say with `answers` what it means, by a text that only such answers have, or in `success.contains` what every success holds";

/** A status for each part, in words of the endpoint's own (RFC 4918 §11.1). */
const multiStatus = 207;

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299 && status !== multiStatus;
}

function severalAnswers(text: string): RetryResult {
  const detail = excerpt(`HTTP ${multiStatus}: ${text}`, 400);
  return { status: "retry", hold: true, reason: "configuration", detail, fix: severalFix };
}

const severalFix =
  "the endpoint answers for each event by itself, and some may have failed: say with `answers` what a 207 means, by a text that only failures have, or name 207 in `success.status` where it always means success";

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
