import { longestWaitMs } from "../../net/http/retry-after.ts";
import type { KafkaPackage } from "./load-client.ts";

/** What a broker said of the records for one partition. */
export interface PartitionAnswer {
  /** As the protocol names it; `NONE`: they are stored. */
  readonly code: string;
  readonly words: string;
  /** Records that it names, by their place among those for this partition. */
  readonly records: readonly { readonly at: number; readonly words: string }[];
}

/** What brokers said during a send. */
export interface ProduceAnswers {
  /** The newest answer for each partition. */
  readonly partitions: ReadonlyMap<number, PartitionAnswer>;
  /** How long they ask to be left alone, milliseconds; an hour at most. */
  readonly throttleMs: number;
}

/** Of a response to Produce, what is looked at. */
interface ProduceResponse {
  readonly throttleTimeMs?: number;
  readonly responses?: readonly {
    readonly name?: string;
    readonly partitionResponses: readonly {
      readonly index: number;
      readonly errorCode: number;
      readonly errorMessage?: string | null;
      readonly recordErrors?: readonly {
        readonly batchIndex: number;
        readonly batchIndexErrorMessage: string | null;
      }[];
    }[];
  }[];
}

/** The key of the request that stores records. */
const produceKey = 0;

/**
 * Listens to the answers that a producer gets until `end`, of one topic; they grow. What it gives back itself
 * says nothing of the partitions that are stored when another one is not, and nothing of throttling.
 */
export function listened(
  pack: KafkaPackage,
  owner: number,
  topic: string,
): { readonly answers: ProduceAnswers; end(): void } {
  const partitions = new Map<number, PartitionAnswer>();
  const answers = { partitions, throttleMs: 0 };
  const hear = (message: unknown) => {
    const { connection, apiKey, result, error } = message as {
      readonly connection?: { readonly ownerId?: number };
      readonly apiKey?: number;
      readonly result?: ProduceResponse;
      readonly error?: { readonly response?: ProduceResponse };
    };
    if (apiKey !== produceKey || connection?.ownerId !== owner) return;
    const response = result ?? error?.response;
    const askedMs = Math.min(response?.throttleTimeMs ?? 0, longestWaitMs);
    answers.throttleMs = Math.max(answers.throttleMs, askedMs);
    const ours = (response?.responses ?? []).filter(({ name = topic }) => name === topic);
    for (const { partitionResponses } of ours)
      for (const { index, errorCode, errorMessage, recordErrors = [] } of partitionResponses)
        partitions.set(index, {
          code: errorCode === 0 ? "NONE" : (pack.protocolErrorsCodesById[errorCode] ?? String(errorCode)),
          words: errorMessage ?? "",
          records: recordErrors.map((each) => ({
            at: each.batchIndex,
            words: each.batchIndexErrorMessage ?? "",
          })),
        });
  };
  pack.connectionsApiChannel.asyncStart.subscribe(hear);
  return {
    answers,
    end: () => void pack.connectionsApiChannel.asyncStart.unsubscribe(hear),
  };
}
