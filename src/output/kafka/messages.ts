import type { Payloads } from "../payloads.ts";
import type { Message } from "./client.ts";
import type { KafkaPackage } from "./load-client.ts";
import { type RecordKey, recordOf } from "./record.ts";

/** What records are made with. */
export interface RecordOptions {
  readonly topic: string;
  readonly key: RecordKey;
  readonly timestamp: "event" | "sent";
  /** What the header `format` says. */
  readonly formatName: string;
}

/** Makes records of events of a batch, for a topic with so many partitions. */
export type MessageMaker = (
  batch: Payloads,
  indexes: readonly number[],
  partitions: number,
  pack: KafkaPackage,
) => Message[];

const names = { uid: Buffer.from("uid"), source: Buffer.from("source"), format: Buffer.from("format") };
const replayName = Buffer.from("replay_id");

/**
 * Each goes to the partition that Java's clients choose for its key. Those without a key go together, and
 * each batch to another partition.
 */
export function messageMaker({ topic, key: kind, timestamp, formatName }: RecordOptions): MessageMaker {
  const format = Buffer.from(formatName);
  let source = { name: "", bytes: Buffer.alloc(0) };
  let turn = 0;
  return (batch, indexes, partitions, pack) => {
    turn += 1;
    return indexes.map((index) => {
      const { uid, replayId, key, value, timeMs } = recordOf(batch.at(index), kind);
      const name = batch.origin(index).source;
      if (source.name !== name) source = { name, bytes: Buffer.from(name) };
      const headers = new Map([
        [names.uid, uid],
        [names.source, source.bytes],
        [names.format, format],
      ]);
      if (replayId.length > 0) headers.set(replayName, replayId);
      const partition = key === undefined ? turn : pack.compatibilityPartitioner({} as never, key);
      return {
        topic,
        partition: partition % partitions,
        ...(key !== undefined && { key }),
        value,
        headers,
        ...(timestamp === "event" && { timestamp: BigInt(timeMs) }),
      };
    });
  };
}
