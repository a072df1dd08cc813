import type { ClusterTopic, KafkaPackage, KafkaProducer } from "./load-client.ts";

/** No broker names the partitions of the topic: it is one of Kafka's own, or the answer is none. */
export class NoPartitions extends Error {
  override readonly name = "NoPartitions";
}

/**
 * Lets the producer have what brokers say of its topics only where no partition is missing, nor any of those
 * that it knew before: it looks for their leaders in the midst of an event, where what is not there ends the
 * process.
 */
export function wholeMetadata(pack: KafkaPackage, producer: KafkaProducer): void {
  const asked = producer as unknown as Record<symbol, Ask>;
  const ask = (asked[pack.kMetadata] as Ask).bind(producer);
  let known = 0;
  asked[pack.kMetadata] = (options, callback) =>
    ask(options, (error, metadata) => {
      const counts = error === null ? [...(metadata?.topics.values() ?? [])].map(partitionsOf) : [];
      const fewest = Math.min(...counts, Number.POSITIVE_INFINITY);
      const missing = fewest < Math.max(known, 1);
      known = counts.length === 0 ? known : fewest;
      if (missing)
        callback(new NoPartitions("no broker names the partitions of the topic, or fewer than before"));
      else callback(error, metadata);
    });
}

type Answer = (
  error: Error | null,
  metadata?: { readonly topics: ReadonlyMap<string, ClusterTopic | undefined> },
) => void;
type Ask = (options: object, callback: Answer) => void;

function partitionsOf(topic: ClusterTopic | undefined): number {
  const { partitions = [], partitionsCount = 0 } = topic ?? {};
  const whole = partitions.length === partitionsCount && !partitions.includes(undefined as never);
  return whole ? partitionsCount : 0;
}
