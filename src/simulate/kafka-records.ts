import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { KafkaReader } from "./kafka-wire.ts";

/** A record as it lies in a topic. */
export interface KafkaTaken {
  readonly partition: number;
  readonly timestamp: bigint;
  readonly key: string | undefined;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Records that were sent together to one partition. */
export interface RecordBatch {
  readonly producerId: bigint;
  readonly firstSequence: number;
  readonly records: readonly KafkaTaken[];
}

/** A batch in a compression that this stand-in does not undo: `snappy`, `lz4`. */
export class UnknownCompression extends Error {
  override readonly name = "UnknownCompression";
}

const compressionBits = 0b111;

/** Takes a batch apart, as it has been written since Kafka 0.11. Throws where it is none. */
export function recordBatch(bytes: Buffer, partition: number): RecordBatch {
  const head = new KafkaReader(bytes);
  head.int64();
  const length = head.int32();
  if (length !== head.rest) throw new Error("not one whole batch");
  head.int32();
  if (head.int8() !== 2) throw new Error("a batch of another version");
  head.int32();
  const compression = head.int16() & compressionBits;
  head.int32();
  const firstTimestamp = head.int64();
  head.int64();
  const producerId = head.int64();
  head.int16();
  const firstSequence = head.int32();
  const count = head.int32();
  const body = new KafkaReader(unpacked(head.take(head.rest), compression));
  const records = Array.from({ length: count }, () => recordIn(body, partition, firstTimestamp));
  return { producerId, firstSequence, records };
}

function unpacked(bytes: Buffer, compression: number): Buffer {
  if (compression === 0) return bytes;
  if (compression === 1) return gunzipSync(bytes);
  if (compression === 4) return zstdDecompressSync(bytes);
  throw new UnknownCompression("snappy and lz4 are not undone here");
}

function recordIn(body: KafkaReader, partition: number, firstTimestamp: bigint): KafkaTaken {
  body.varint();
  body.int8();
  const timestamp = firstTimestamp + body.varint();
  body.varint();
  const key = body.varBytes()?.toString("utf8");
  const value = body.varBytes()?.toString("utf8") ?? "";
  const headers: Record<string, string> = {};
  for (let left = body.varint(); left > 0n; left -= 1n) {
    const name = body.varBytes()?.toString("utf8") ?? "";
    headers[name] = body.varBytes()?.toString("utf8") ?? "";
  }
  return { partition, timestamp, key, value, headers };
}
