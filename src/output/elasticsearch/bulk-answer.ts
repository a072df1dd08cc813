import { excerpt } from "../../text/excerpt.ts";
import { type HttpReply, isPage } from "../http-exchange.ts";
import { httpOutcome } from "../http-outcome.ts";
import type { DeliveryReason, RefusedResult, Rejection, RetryResult } from "../output.ts";
import { bulkFixes, refusedRequest } from "./request-answer.ts";

/** What the answer to `_bulk` says of each document, by its place in the request. */
export interface BulkOutcome {
  readonly status: "answered";
  /** Stored, now or before. */
  readonly taken: readonly number[];
  readonly rejected: readonly Rejection[];
  /** Why others were not taken: these wait for a person before those that pass by themselves. */
  readonly failed: RetryResult | undefined;
}

/** What of an answer is asked for: documents are told by their place, and a success says nothing else. */
export const bulkFilter =
  "filter_path=items.*.status,items.*.failure_store,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";

/** So much of an answer is read: what each document may be answered with, and more. */
export function bulkAnswerBytes(events: number): number {
  return Math.min(65_536 + events * 4_096, 2 ** 25);
}

interface Item {
  readonly status: number;
  readonly failureStore: unknown;
  readonly words: string;
}

/**
 * What the answer to a `_bulk` of so many documents means. Statuses alone decide: what servers call the
 * same error differs from one to the next.
 */
export function bulkAnswer(
  reply: HttpReply,
  events: number,
  nowMs: number,
): BulkOutcome | RetryResult | RefusedResult {
  const { status, headers, text } = reply;
  if (status < 200 || status > 299) return refusedRequest(reply, bulkFixes, nowMs);
  const items = isPage(reply) ? undefined : itemsOf(text);
  if (items === undefined && events > 1 && isCut(text, events)) return longAnswer;
  if (items?.length !== events) return httpOutcome(status, headers, text, nowMs);
  return outcomeOfItems(items);
}

/** Its words may be in any script, so its bytes count. */
function isCut(text: string, events: number): boolean {
  return Buffer.byteLength(text) >= bulkAnswerBytes(events);
}

/** With fewer documents it becomes shorter. */
const longAnswer: RefusedResult = {
  status: "refused",
  reason: "too_large",
  detail: "the answer is longer than is read",
};

function outcomeOfItems(items: readonly Item[]): BulkOutcome {
  const taken: number[] = [];
  const rejected: Rejection[] = [];
  const waiting: Item[] = [];
  for (const [index, item] of items.entries()) {
    const fate = fateOf(item);
    if (fate === "taken") taken.push(index);
    else if (fate === "waiting") waiting.push(item);
    else rejected.push({ index, reason: fate, detail: wordsOf(item) });
  }
  return { status: "answered", taken, rejected, failed: failureOf(waiting, items.length) };
}

/** Mapped to the failure store it is kept, but not where anybody looks for it. */
const intoFailureStore = "used";

function fateOf({ status, failureStore }: Item): "taken" | "waiting" | "bad_event" | "too_large" {
  if (status >= 200 && status <= 299) return failureStore === intoFailureStore ? "bad_event" : "taken";
  if (status === 409) return "taken";
  if (status === 413) return "too_large";
  const aboutIt = status >= 400 && status <= 499 && !passing.has(status) && held[status] === undefined;
  return aboutIt ? "bad_event" : "waiting";
}

const passing: ReadonlySet<number> = new Set([408, 425, 429]);

const held: Readonly<Record<number, { readonly reason: DeliveryReason; readonly fix: string }>> = {
  401: { reason: "unauthorized", fix: bulkFixes.credential },
  403: {
    reason: "forbidden",
    fix: "the index takes no documents (`index.blocks`, a disk above its watermark), or the credential lacks `create_doc`: see what `GET STREAM/_settings` says of blocks, and give it the privilege",
  },
  404: { reason: "not_found", fix: bulkFixes.template },
};

function failureOf(waiting: readonly Item[], of: number): RetryResult | undefined {
  const [first] = waiting;
  if (first === undefined) return undefined;
  const worst = waiting.find(({ status }) => held[status] !== undefined) ?? first;
  const detail = excerpt(`${waiting.length} of ${of} documents not taken: ${wordsOf(worst)}`, 400);
  const fault = held[worst.status];
  if (fault !== undefined) return { status: "retry", hold: true, ...fault, detail };
  const reason = worst.status === 429 ? "rate_limited" : worst.status >= 500 ? "server_error" : "bad_answer";
  return { status: "retry", reason, detail };
}

function wordsOf({ status, failureStore, words }: Item): string {
  if (failureStore === intoFailureStore)
    return "it went to the failure store of the data stream: see STREAM::failures for why";
  return excerpt(words === "" ? `HTTP ${status}` : `HTTP ${status}: ${words}`, 500);
}

/** Undefined where it is no answer to `_bulk`. */
function itemsOf(text: string): readonly Item[] | undefined {
  let items: unknown;
  try {
    items = (JSON.parse(text) as { items?: unknown }).items;
  } catch {
    return undefined;
  }
  if (!Array.isArray(items)) return undefined;
  const read = items.map(itemOf);
  return read.every((item) => item !== undefined) ? read : undefined;
}

interface BulkError {
  readonly type?: unknown;
  readonly reason?: unknown;
  readonly caused_by?: { readonly reason?: unknown };
}

/** `{"create":{"status":201}}`: whatever the action is called. */
function itemOf(item: unknown): Item | undefined {
  const [answer] = Object.values(Object(item)) as unknown[];
  const { status, failure_store, error } = Object(answer) as {
    status?: unknown;
    failure_store?: unknown;
    error?: unknown;
  };
  if (typeof status !== "number") return undefined;
  return { status, failureStore: failure_store, words: errorWords(error) };
}

function errorWords(error: unknown): string {
  if (typeof error === "string") return error;
  const { type, reason, caused_by } = Object(error) as BulkError;
  const texts = [type, reason, Object(caused_by).reason].filter((each) => typeof each === "string");
  return [...new Set(texts)].join(": ");
}
