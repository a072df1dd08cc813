import { excerpt } from "../../text/excerpt.ts";
import type { Rejection, SendResult } from "../output.ts";
import type { Produced } from "./client.ts";
import { meaningOf } from "./error-table.ts";
import type { PartitionAnswer } from "./produce-answers.ts";

/** What became of the events of a batch that were sent. */
export interface SendOutcome {
  /** Those that are stored. */
  readonly stored: readonly number[];
  /** Undefined: the error of the send says it; where there is none, brokers left something out. */
  readonly result: SendResult | undefined;
}

/** The send ended well, and no broker said of all of its partitions that they have it. */
export class Unconfirmed extends Error {
  override readonly name = "Unconfirmed";
}

/** A partition's events, all of which a broker did not take. */
interface Refused {
  readonly reason: "bad_event" | "too_large";
  readonly detail: string;
  readonly indexes: readonly number[];
  /** Those of them that it named. */
  readonly named: readonly number[];
}

/**
 * What answers mean, partition by partition: each stands for itself, so that some may be stored where others
 * are not. That the client met no error says nothing: it does not look for a partition that no broker
 * answered for. `indexes` are the events that were sent, in the order of the messages; `count` are those of
 * the batch.
 */
export function sendOutcome(
  { partitions, answers }: Produced,
  indexes: readonly number[],
  count: number,
): SendOutcome {
  const slow = answers.throttleMs > 0 ? { slowDownMs: answers.throttleMs } : {};
  const groups = Map.groupBy(indexes, (_, at) => partitions[at] as number);
  const stored: number[] = [];
  const refused: Refused[] = [];
  let open = partitions.length < indexes.length;
  for (const [partition, group] of groups) {
    const answer = answers.partitions.get(partition);
    const meaning = answer === undefined || answer.code === "NONE" ? undefined : meaningOf(answer.code);
    if (answer?.code === "NONE" || meaning?.kind === "stored") stored.push(...group);
    else if (answer !== undefined && meaning?.kind === "refused")
      refused.push(refusedOf(answer, meaning.reason, group));
    else open = true;
  }
  if (open) return { stored, result: undefined };
  if (refused.length === 0) return { stored, result: { status: "delivered", rejected: [], ...slow } };
  return { stored, result: refusal(refused, count) };
}

function refusedOf(
  { code, words, records }: PartitionAnswer,
  reason: Refused["reason"],
  indexes: readonly number[],
): Refused {
  const told = [words, ...records.map((record) => record.words)].find((text) => text !== "");
  const pointed = records.flatMap(({ at }) => indexes[at] ?? []);
  return {
    reason,
    detail: excerpt(told === undefined ? code : `${code}: ${told}`, 400),
    indexes,
    // One record alone is the one, whoever is named.
    named: indexes.length === 1 ? indexes : pointed,
  };
}

/**
 * Events that are known to be the ones are rejected where all others are stored. Else fewer are sent: a batch
 * for one partition is refused for one record of it.
 */
function refusal(refused: readonly Refused[], count: number): SendResult {
  const first = refused[0] as Refused;
  const sure = refused.every(({ named, indexes }) => named.length === indexes.length);
  const rejected = refused.flatMap(({ reason, detail, indexes }) =>
    indexes.map((index): Rejection => ({ index, reason, detail })),
  );
  if (sure && rejected.length < count) return { status: "delivered", rejected };
  const { reason, detail } = refused.find((each) => each.reason === "too_large") ?? first;
  const named = refused.flatMap((each) => each.named);
  return { status: "refused", reason, detail, ...(reason === "bad_event" && named.length > 0 && { named }) };
}
