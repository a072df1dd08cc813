import type { KafkaMood } from "./kafka-behavior.ts";
import { type KafkaTaken, recordBatch, UnknownCompression } from "./kafka-records.ts";

/** What is answered for one partition. */
export interface PartitionResult {
  readonly partition: number;
  readonly code: number;
  readonly offset: number;
  readonly words?: string;
  /** Records that are named, by their place. */
  readonly named?: readonly number[];
}

/** The codes of the protocol that this broker says. */
export const kafkaCodes = {
  none: 0,
  unknownTopic: 3,
  notLeader: 6,
  tooLarge: 10,
  fewReplicas: 19,
  topicForbidden: 29,
  unsupportedMechanism: 33,
  saslState: 34,
  unsupportedVersion: 35,
  outOfOrder: 45,
  notLetIn: 58,
  unknownProducer: 59,
  unknownCompression: 76,
  invalidRecord: 87,
} as const;

/** So many batches of a producer are known again, as with Kafka. */
const remembered = 5;

interface Known {
  next: number;
  readonly batches: { readonly first: number; readonly offset: number }[];
}

/** The partitions of a topic, with what makes a producer idempotent. */
export class KafkaLog {
  readonly #keep: number;
  #producers = new Map<string, Known>();
  #records: KafkaTaken[] = [];
  #lastProducer = 1000n;
  count = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  taken(): readonly KafkaTaken[] {
    return this.#records.slice(-this.#keep);
  }

  newProducer(): bigint {
    this.#lastProducer += 1n;
    return this.#lastProducer;
  }

  /** Stores a batch as it came, where the mood does not refuse it. */
  take(
    partition: number,
    bytes: Buffer,
    { behavior, detail }: KafkaMood,
    never: string | undefined,
  ): PartitionResult {
    const refused = (code: number, more = {}): PartitionResult => ({ partition, code, offset: -1, ...more });
    if (behavior === "not_leader") return refused(kafkaCodes.notLeader);
    if (behavior === "few_replicas") return refused(kafkaCodes.fewReplicas);
    if (behavior === "forbidden") return refused(kafkaCodes.topicForbidden);
    if (behavior === "no_topic") return refused(kafkaCodes.unknownTopic);
    if (behavior === "refuse_all") return refused(kafkaCodes.invalidRecord, { words: "not wanted" });
    if (behavior === "too_large" && bytes.length > (detail.maxBytes ?? 0))
      return refused(kafkaCodes.tooLarge);
    try {
      const batch = recordBatch(bytes, partition);
      const bad = badOnes(batch.records, [never, behavior === "refuse_one" ? detail.match : undefined]);
      if (bad.length > 0) return refused(kafkaCodes.invalidRecord, { words: "not valid", named: bad });
      if (behavior === "unknown_producer") {
        this.#producers.clear();
        return refused(kafkaCodes.unknownProducer);
      }
      return this.#store(partition, batch);
    } catch (error) {
      if (!(error instanceof UnknownCompression)) throw error;
      return refused(kafkaCodes.unknownCompression);
    }
  }

  #store(partition: number, { producerId, firstSequence, records }: ReturnType<typeof recordBatch>) {
    const key = `${producerId}/${partition}`;
    const known = this.#producers.get(key) ?? { next: 0, batches: [] };
    const again = known.batches.find(({ first }) => first === firstSequence);
    if (again !== undefined) return { partition, code: kafkaCodes.none, offset: again.offset };
    if (firstSequence !== known.next) return { partition, code: kafkaCodes.outOfOrder, offset: -1 };
    const offset = this.count;
    known.next = firstSequence + records.length;
    known.batches.push({ first: firstSequence, offset });
    if (known.batches.length > remembered) known.batches.shift();
    this.#producers.set(key, known);
    this.count += records.length;
    this.#records.push(...records);
    if (this.#records.length > 2 * this.#keep) this.#records = this.#records.slice(-this.#keep);
    return { partition, code: kafkaCodes.none, offset };
  }
}

function badOnes(records: readonly KafkaTaken[], texts: readonly (string | undefined)[]): number[] {
  return records.flatMap(({ value }, at) =>
    texts.some((text) => text !== undefined && value.includes(text)) ? [at] : [],
  );
}
