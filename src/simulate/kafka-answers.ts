import type { KafkaMood } from "./kafka-behavior.ts";
import { type KafkaLog, kafkaCodes, type PartitionResult } from "./kafka-log.ts";
import { type KafkaReader, KafkaWriter } from "./kafka-wire.ts";

/** What one broker is, for those who ask. */
export interface KafkaBroker {
  readonly topic: string;
  readonly partitions: number;
  readonly replicas: number;
  /** Of the topic. */
  readonly settings: Readonly<Record<string, string>>;
  readonly login: KafkaLogin | undefined;
  readonly log: KafkaLog;
  /** Records that hold this are refused, whatever the mood. */
  readonly refuses: string | undefined;
  /** Where it says that it listens. */
  port: number;
}

/** Whom it lets in. */
export interface KafkaLogin {
  readonly mechanism: "PLAIN" | "OAUTHBEARER";
  /** How long a login is good, milliseconds; for ever when absent. */
  readonly sessionMs?: number;
  accepts(shown: string): boolean;
}

/** What a client asks. */
export interface KafkaRequest {
  readonly key: number;
  readonly version: number;
  readonly body: KafkaReader;
}

/** What is answered; nothing where the connection ends. */
export interface KafkaReply {
  readonly body: Buffer | undefined;
  /** Events that are stored by it. */
  readonly stored?: boolean;
}

const requests = {
  produce: 0,
  metadata: 3,
  handshake: 17,
  versions: 18,
  producerId: 22,
  configs: 32,
  login: 36,
};

/** The versions that are spoken, one of each: those without tags. */
const spoken: readonly (readonly [key: number, least: number, most: number])[] = [
  [requests.produce, 8, 8],
  [requests.metadata, 8, 8],
  [requests.handshake, 1, 1],
  [requests.versions, 0, 3],
  [requests.producerId, 1, 1],
  [requests.configs, 3, 3],
  [requests.login, 1, 1],
];

const nodeId = 1;
const unsaid = -2_147_483_648;
const [mayWrite, mayDescribe] = [1 << 4, 1 << 8];

/** Answers one request; `visit` is what happened on its connection. Throws where it cannot be read. */
export function kafkaReply(
  { key, version, body }: KafkaRequest,
  broker: KafkaBroker,
  mood: KafkaMood,
  visit: { letIn: boolean },
): KafkaReply {
  if (key === requests.versions) return { body: versions(version) };
  if (key === requests.handshake) return { body: handshake(body, broker) };
  if (key === requests.login) return { body: login(body, broker, mood, visit) };
  // As a broker does with who asks before it has shown who it is.
  if (broker.login !== undefined && !visit.letIn) return { body: undefined };
  if (key === requests.metadata) return { body: metadata(body, broker, mood) };
  if (key === requests.configs) return { body: settings(body, broker) };
  if (key === requests.produce) return produce(body, broker, mood);
  if (key !== requests.producerId) return { body: undefined };
  return {
    body: new KafkaWriter()
      .int32(0)
      .int16(kafkaCodes.none)
      .int64(broker.log.newProducer())
      .int16(0)
      .written(),
  };
}

function versions(version: number): Buffer {
  const tagged = version >= 3;
  const answer = new KafkaWriter().int16(kafkaCodes.none);
  if (tagged) answer.int8(spoken.length + 1);
  else answer.int32(spoken.length);
  for (const [key, least, most] of spoken) {
    answer.int16(key).int16(least).int16(most);
    if (tagged) answer.int8(0);
  }
  if (version >= 1) answer.int32(0);
  if (tagged) answer.int8(0);
  return answer.written();
}

function handshake(body: KafkaReader, { login: wanted }: KafkaBroker): Buffer {
  const mechanism = body.text();
  const refusal = wanted === undefined ? kafkaCodes.saslState : kafkaCodes.unsupportedMechanism;
  return new KafkaWriter()
    .int16(mechanism === wanted?.mechanism ? kafkaCodes.none : refusal)
    .array(wanted === undefined ? [] : [wanted.mechanism], (into, each) => into.text(each))
    .written();
}

function login(
  body: KafkaReader,
  { login: wanted }: KafkaBroker,
  { behavior }: KafkaMood,
  visit: { letIn: boolean },
): Buffer {
  const shown = (body.bytes() ?? Buffer.alloc(0)).toString("utf8");
  visit.letIn = wanted?.accepts(shown) === true && behavior !== "unauthorized";
  // It repeats what it was shown, as servers do that say too much.
  return new KafkaWriter()
    .int16(visit.letIn ? kafkaCodes.none : kafkaCodes.notLetIn)
    .text(visit.letIn ? undefined : `not accepted: ${shown}`)
    .bytes(Buffer.alloc(0))
    .int64(BigInt(wanted?.sessionMs ?? 0))
    .written();
}

function metadata(body: KafkaReader, broker: KafkaBroker, { behavior }: KafkaMood): Buffer {
  const asked = body.array(() => body.text() ?? "");
  const replicas = Array.from({ length: broker.replicas }, (_, index) => nodeId + index);
  const list = (into: KafkaWriter, values: readonly number[]) =>
    into.array(values, (each, value) => each.int32(value));
  return new KafkaWriter()
    .int32(0)
    .array([broker.port], (into, port) => into.int32(nodeId).text("127.0.0.1").int32(port).text(undefined))
    .text("stand-in")
    .int32(nodeId)
    .array(asked, (into, name) => {
      const known = name === broker.topic && behavior !== "no_topic";
      const partitions = Array.from({ length: known ? broker.partitions : 0 }, (_, index) => index);
      into
        .int16(known ? kafkaCodes.none : kafkaCodes.unknownTopic)
        .text(name)
        .int8(0);
      into.array(partitions, (each, partition) => {
        each.int16(kafkaCodes.none).int32(partition).int32(nodeId).int32(0);
        list(list(list(each, replicas), replicas), []);
      });
      into.int32(behavior === "forbidden" ? mayDescribe : mayWrite | mayDescribe);
    })
    .int32(unsaid)
    .written();
}

function settings(body: KafkaReader, broker: KafkaBroker): Buffer {
  const asked = body.array(() => {
    const of = { type: body.int8(), name: body.text() ?? "" };
    body.array(() => body.text());
    return of;
  });
  return new KafkaWriter()
    .int32(0)
    .array(asked, (into, { type, name }) => {
      into.int16(kafkaCodes.none).text(undefined).int8(type).text(name);
      into.array(Object.entries(broker.settings), (each, [key, value]) => {
        each.text(key).text(value).int8(0).int8(5).int8(0).int32(0).int8(2).text(undefined);
      });
    })
    .written();
}

function produce(body: KafkaReader, { topic, log, refuses }: KafkaBroker, mood: KafkaMood): KafkaReply {
  body.text();
  body.int16();
  body.int32();
  const before = log.count;
  const topics = body.array(() => ({
    name: body.text() ?? "",
    results: body.array((): PartitionResult => {
      const partition = body.int32();
      const bytes = body.bytes() ?? Buffer.alloc(0);
      return log.take(partition, bytes, mood, refuses);
    }),
  }));
  const answer = new KafkaWriter().array(topics, (into, { name, results }) => {
    into.text(name).array(results, (each, { partition, code, offset, words, named = [] }) => {
      each.int32(partition).int16(name === topic ? code : kafkaCodes.unknownTopic);
      each.int64(BigInt(offset)).int64(-1n).int64(0n);
      each.array(named, (one, at) => one.int32(at).text("this one"));
      each.text(words);
    });
  });
  const { behavior, detail } = mood;
  return {
    body: answer.int32(behavior === "throttle" ? (detail.waitMs ?? 0) : 0).written(),
    stored: log.count > before,
  };
}
