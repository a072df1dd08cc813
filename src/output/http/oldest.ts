import { durationText, limitText, sizeText } from "../../text/amounts.ts";
import type { Clock } from "../../time/clock.ts";
import type { Rejection, RetryResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { timeOfPayload } from "./template.ts";

/** What becomes of events that the endpoint takes and drops because they are too old. */
export interface OldestAccepted {
  readonly ageMs: number;
  readonly older: "hold" | "dead_letter";
}

interface Acceptance {
  readonly oldest: OldestAccepted | undefined;
  readonly maxEventBytes: number | undefined;
  readonly clock: Clock;
  /** The endpoint, for people. */
  readonly where: string;
  /** So many bytes of each payload are none of its event. */
  readonly besideBytes: number;
}

/** What is to be sent of a batch, and what is not. */
export interface SortedBatch {
  /** Of what is sent. */
  readonly indexes: readonly number[];
  readonly rejected: readonly Rejection[];
  readonly hold?: RetryResult;
}

/** What of a batch the endpoint would drop or cut without a word is not sent. */
export function sorted(
  batch: Payloads,
  { oldest, maxEventBytes, clock, where, besideBytes }: Acceptance,
): SortedBatch {
  const indexes: number[] = [];
  const rejected: Rejection[] = [];
  const now = clock.now();
  for (let index = 0; index < batch.count; index += 1) {
    const bytes = batch.size(index) - besideBytes;
    const age = oldest === undefined ? 0 : now - timeOfPayload(batch.at(index));
    if (maxEventBytes !== undefined && bytes > maxEventBytes) {
      const detail = `${bytes} bytes: the endpoint cuts or drops events beyond ${sizeText(maxEventBytes)} (max_event)`;
      rejected.push({ index, reason: "too_large", detail, unasked: true });
    } else if (oldest !== undefined && age > oldest.ageMs) {
      const limit = limitText(oldest.ageMs / 1000);
      const detail = `${durationText(age / 1000)} old: ${where} takes events beyond ${limit} and drops them (oldest.age)`;
      if (oldest.older === "hold") return { indexes: [], rejected: [], hold: tooOld(detail) };
      rejected.push({ index, reason: "too_old", detail, unasked: true });
    } else indexes.push(index);
  }
  return { indexes, rejected };
}

function tooOld(detail: string): RetryResult {
  return {
    ...{ status: "retry", hold: true, reason: "too_old", detail },
    fix: "raise what the endpoint accepts and `oldest.age` with it; or give such events up, visibly: `oldest: { older: dead_letter }`; or leave them out: outputs NAME from_now",
  };
}
