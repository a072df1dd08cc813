import type { TlsFiles } from "../../net/tls.ts";
import type { Clock } from "../../time/clock.ts";
import { type BoundedTries, boundedTries, type TryRules } from "./bounded-tries.ts";
import { type ConnectionWatch, watched } from "./connection-watch.ts";
import { readsForwards } from "./forward-reader.ts";
import { guardedSasl } from "./guarded-sasl.ts";
import { type KafkaPackage, type KafkaProducer, loadKafka, type SaslOptions } from "./load-client.ts";
import { listened, type ProduceAnswers } from "./produce-answers.ts";
import { type BrokerAddress, reachable } from "./reach.ts";
import { namesServers } from "./server-name.ts";
import { wholeMetadata } from "./whole-metadata.ts";

/** How records can be packed: by Node's zlib, and by what the client brings along. */
export const compressions = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
/** One of them. */
export type RecordCompression = (typeof compressions)[number];

/** What a client is made with; times in milliseconds. */
export interface ClientOptions {
  readonly brokers: readonly BrokerAddress[];
  readonly topic: string;
  readonly clientId: string;
  readonly compression: RecordCompression;
  readonly tls: TlsFiles | undefined;
  readonly sasl: SaslOptions | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly rules: TryRules;
}

/** A record on its way to a partition. */
export interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly key?: Buffer;
  readonly value: Buffer;
  readonly headers: Map<Buffer, Buffer>;
  readonly timestamp?: bigint;
}

/** What became of a send. */
export interface Produced {
  /** The partition of each message. */
  readonly partitions: readonly number[];
  readonly answers: ProduceAnswers;
  /** Why it did not end well; undefined: all of it is stored. */
  readonly error: unknown;
}

/** Makes the messages of a send for a topic with so many partitions. */
export type MakeMessages = (partitions: number, pack: KafkaPackage) => Message[];

/** A producer and its connections. */
export interface Opened {
  readonly pack: KafkaPackage;
  readonly producer: KafkaProducer;
  readonly watch: ConnectionWatch;
}

/** The package's producer, with its tries bounded and its errors whole. */
export interface KafkaClient {
  /** Brings messages to their partitions. Never throws. */
  produce(make: MakeMessages, deadline: AbortSignal): Promise<Produced>;
  /** Does what stores nothing. Rejects with what was met. */
  ask<Answer>(question: (opened: Opened) => Promise<Answer>, deadline: AbortSignal): Promise<Answer>;
  /** What is under way is given up, and the next send makes new connections. */
  drop(): void;
  close(): Promise<void>;
}

/** Of the time for a send, so much is waited for one answer: there is time to ask again. */
const shareOfAnswer = 1 / 3;
const shortestAnswerMs = 200;
/** A broker stops waiting for its replicas before that. */
const shareOfReplicas = 0.8;
const topicAgeMs = 300_000;
/** A client that does not connect yet. */
export function kafkaClient(options: ClientOptions): KafkaClient {
  let open: Opened | undefined;
  const tries = boundedTries(options.rules, () => void drop());

  async function opened(deadline: AbortSignal): Promise<Opened> {
    open ??= await newProducer(options, tries, deadline);
    return open;
  }

  function drop(): Promise<void> {
    const ended = open?.producer;
    open = undefined;
    return ended === undefined ? Promise.resolve() : end(ended);
  }

  async function produce(make: MakeMessages, deadline: AbortSignal): Promise<Produced> {
    let partitions: readonly number[] = [];
    let answers: ProduceAnswers = { partitions: new Map(), throttleMs: 0 };
    let error: unknown;
    try {
      await ask(async ({ pack, producer }) => {
        const ear = listened(pack, producer.instanceId, options.topic);
        try {
          const { topics } = await producer.metadata({ topics: [options.topic] });
          const messages = make(topics.get(options.topic)?.partitionsCount ?? 0, pack);
          partitions = messages.map(({ partition }) => partition);
          answers = ear.answers;
          await producer.send({ messages });
        } finally {
          ear.end();
        }
      }, deadline);
    } catch (met) {
      error = met;
    }
    return { partitions, answers, error };
  }

  async function ask<Answer>(
    question: (opened: Opened) => Promise<Answer>,
    deadline: AbortSignal,
  ): Promise<Answer> {
    const there = await opened(deadline);
    try {
      return await tries.run(() => question(there), deadline);
    } catch (met) {
      const trouble = there.watch.trouble();
      throw trouble === undefined ? met : new AggregateError([trouble, met]);
    }
  }

  return {
    produce,
    ask,
    drop: () => void drop(),
    close: () => drop(),
  };
}

async function newProducer(
  options: ClientOptions,
  { wait }: BoundedTries,
  deadline: AbortSignal,
): Promise<Opened> {
  const { brokers, clientId, compression, sasl, tls } = options;
  const first = await reachable(options, deadline);
  // Takes a moment in which nothing else is done: only where there is somebody to speak to.
  const pack = await loadKafka();
  const answerMs = Math.max(shortestAnswerMs, Math.floor(options.timeoutMs * shareOfAnswer));
  const producer = new pack.Producer({
    clientId,
    bootstrapBrokers: [first, ...brokers.filter((each) => each !== first)].map((each) => ({ ...each })),
    // All replicas in sync have what is answered for, and the brokers know a repeated request.
    idempotent: true,
    compression,
    // With `idempotent` 0 and 1 would mean the same: `wait` says when it ends.
    retries: Number.MAX_SAFE_INTEGER,
    retryDelay: (_client, operation, attempt, _retries, error) => wait(operation, attempt, error),
    connectTimeout: answerMs,
    requestTimeout: answerMs,
    timeout: Math.floor(answerMs * shareOfReplicas),
    metadataMaxAge: topicAgeMs,
    autocreateTopics: false,
    ...(sasl !== undefined && { sasl: guardedSasl(pack, sasl) }),
    ...(tls !== undefined && namesServers(tls, brokers)),
  });
  readsForwards(pack);
  wholeMetadata(pack, producer);
  return { pack, producer, watch: watched(producer.connections) };
}

/** Nothing of what was under way is written any more when this has been called. */
function end(producer: KafkaProducer): Promise<void> {
  const sockets = [...producer.connections].map(([, connection]) => connection.socket);
  const closed = producer.close(true);
  for (const socket of sockets) socket?.destroy();
  return closed.catch(() => {});
}
