import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { isTestEvent } from "../event/test-event.ts";
import { type KafkaBroker, type KafkaLogin, kafkaReply } from "./kafka-answers.ts";
import type { KafkaBehavior, KafkaDetail, KafkaMood } from "./kafka-behavior.ts";
import { KafkaLog } from "./kafka-log.ts";
import type { KafkaTaken } from "./kafka-records.ts";
import { KafkaReader } from "./kafka-wire.ts";

/** The stand-in, and what it took. */
export interface KafkaReceiver {
  readonly port: number;
  /** What goes into `brokers`. */
  readonly address: string;
  readonly topic: string;
  /** From now on. */
  behave(behavior: KafkaBehavior, detail?: KafkaDetail): void;
  /** The newest records, as they came. */
  taken(): readonly KafkaTaken[];
  /** Records ever stored. */
  count(): number;
  /** How many of the newest are test events. */
  tests(): number;
  /** Requests with records. */
  requests(): number;
  /** Requests whose records are stored, and that were not answered. */
  unanswered(): number;
  /** Connections there are. */
  connections(): number;
  /** Cuts the connections there are. */
  cut(): void;
  close(): Promise<void>;
}

/** What the broker is like. */
export interface KafkaReceiverOptions {
  readonly port?: number;
  readonly tls?: TlsOptions;
  readonly topic?: string;
  readonly partitions?: number;
  readonly replicas?: number;
  /** Of the topic, beside those that every topic has. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly login?: KafkaLogin;
  /** Records that hold this text are refused. */
  readonly refuses?: string;
  /** How many records `taken` keeps. */
  readonly keep?: number;
}

/** A user and password of SASL PLAIN. */
export function plainLogin(username: string, password: string): KafkaLogin {
  return { mechanism: "PLAIN", accepts: (shown) => shown === `\0${username}\0${password}` };
}

const usualSettings = {
  "cleanup.policy": "delete",
  "max.message.bytes": "1048588",
  "message.timestamp.type": "CreateTime",
  "min.insync.replicas": "2",
  "retention.ms": "604800000",
};

/** A stand-in for a broker of Kafka that leads all partitions of one topic, on loopback. */
export async function startKafkaReceiver(options: KafkaReceiverOptions = {}): Promise<KafkaReceiver> {
  const mood: KafkaMood = { behavior: "accept", detail: {} };
  const seen = { requests: 0, unanswered: 0 };
  const log = new KafkaLog(options.keep ?? 100_000);
  const broker: KafkaBroker = {
    topic: options.topic ?? "wandb-audit",
    partitions: options.partitions ?? 1,
    replicas: options.replicas ?? 3,
    settings: { ...usualSettings, ...options.settings },
    login: options.login,
    refuses: options.refuses,
    log,
    port: 0,
  };
  const sockets = new Set<Socket>();
  const server = options.tls === undefined ? createTcpServer() : createTlsServer(options.tls);
  const serve = (socket: Socket) => converse(socket, broker, mood, seen);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (options.tls === undefined) serve(socket);
  });
  server.on("secureConnection", (secured: Socket) => serve(secured.on("error", () => {})));
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  broker.port = (server.address() as AddressInfo).port;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  let closed: Promise<void> | undefined;
  return {
    port: broker.port,
    address: `127.0.0.1:${broker.port}`,
    topic: broker.topic,
    behave(behavior, detail = {}) {
      Object.assign(mood, { behavior, detail });
      // Who was let in before is not asked again.
      if (behavior === "unauthorized") cut();
    },
    taken: () => log.taken(),
    count: () => log.count,
    tests: () => log.taken().filter(({ value }) => isTestEvent(value)).length,
    requests: () => seen.requests,
    unanswered: () => seen.unanswered,
    connections: () => sockets.size,
    cut,
    close() {
      closed ??= new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      });
      return closed;
    },
  };
}

const produceKey = 0;
const sizeBytes = 4;

/** Reads requests, one behind the other, and answers them. */
function converse(
  socket: Socket,
  broker: KafkaBroker,
  mood: KafkaMood,
  seen: { requests: number; unanswered: number },
): void {
  const visit = { letIn: false };
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= sizeBytes && held.length >= sizeBytes + held.readInt32BE()) {
      const end = sizeBytes + held.readInt32BE();
      const frame = held.subarray(sizeBytes, end);
      held = held.subarray(end);
      try {
        answer(frame);
      } catch {
        socket.destroy();
      }
      if (socket.destroyed) return;
    }
  });

  function answer(frame: Buffer): void {
    const body = new KafkaReader(frame);
    const [key, version, correlation] = [body.int16(), body.int16(), body.int32()];
    body.text();
    const now = { ...mood };
    if (now.behavior === "hang") return;
    if (now.behavior === "stranger")
      return void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n<html>no</html>");
    if (now.behavior === "bomb") return void flood(socket);
    if (key === produceKey) worn(mood, seen);
    if (key === produceKey && now.behavior === "reset") return void socket.destroy();
    const { body: said, stored } = kafkaReply({ key, version, body }, broker, now, visit);
    const silent = key === produceKey && (now.behavior === "swallow" || now.behavior === "cut");
    if (silent && stored === true) seen.unanswered += 1;
    if (said === undefined || (silent && now.behavior === "cut")) return void socket.destroy();
    if (silent) return;
    const head = Buffer.alloc(2 * sizeBytes);
    head.writeInt32BE(sizeBytes + said.length);
    head.writeInt32BE(correlation, sizeBytes);
    socket.write(Buffer.concat([head, said]));
  }
}

/** A request with records has come: a behaviour that lasts only some wears off. */
function worn(mood: KafkaMood, seen: { requests: number }): void {
  seen.requests += 1;
  const { times } = mood.detail;
  if (times === undefined) return;
  if (times <= 1) Object.assign(mood, { behavior: "accept", detail: {} });
  else mood.detail = { ...mood.detail, times: times - 1 };
}

/** An answer of two gigabytes, as it says. */
function flood(socket: Socket): void {
  const piece = Buffer.alloc(65_536, "\u001b[2J<secret>");
  const size = Buffer.alloc(sizeBytes);
  size.writeInt32BE(0x7f_ff_ff_f0);
  socket.write(size);
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}
