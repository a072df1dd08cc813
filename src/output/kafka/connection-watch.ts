import type { Socket } from "node:net";
import { excerpt } from "../../text/excerpt.ts";
import type { KafkaPackage } from "./load-client.ts";
import type { BrokerAddress } from "./reach.ts";

type Pool = InstanceType<KafkaPackage["ConnectionPool"]>;

/** What answers at the address speaks something else. */
export class NotKafka extends Error {
  override readonly name = "NotKafka";
  readonly fix: string;

  constructor(words: string, fix: string) {
    super(words);
    this.fix = fix;
  }
}

/** A broker names an address that none can be. */
export class NoAddress extends Error {
  override readonly name = "NoAddress";
}

/** What the client itself does not tell of its connections. */
export interface ConnectionWatch {
  /** What the last one met that did not end well. */
  trouble(): Error | undefined;
}

/** No answer to what is asked here comes near: versions, the metadata of one topic, settings, results. */
const longestAnswer = 1024 * 1024;
const sizeBytes = 4;

/**
 * Looks at every connection of a pool. The client reads whatever comes into memory, as long as a stranger's
 * first four bytes read as a length say, and throws in the midst of an event where they say less than
 * nothing, which ends the process: it is given only what can be an answer, and what it throws ends the
 * connection.
 */
export function watched(pool: Pool): ConnectionWatch {
  let trouble: Error | undefined;
  const met = (error: Error) => {
    // What was said first is nearer to the cause.
    if (!(trouble instanceof NotKafka)) trouble = error;
  };
  onlyToAddresses(pool);
  pool.on("connecting", ({ connection }) => {
    // For good: an error that nobody listens to would end the process.
    connection.on("error", met);
    connection.on("connect", () => {
      trouble = undefined;
    });
    connection.once("close", () => forget(connection));
    // The socket is there as soon as whoever asked for the connection has been called back.
    queueMicrotask(() => {
      if (connection.socket !== undefined) guard(connection.socket, met);
    });
  });
  return { trouble: () => trouble };
}

/**
 * The client goes on to log in again on a connection that a broker ended; when that fails, it forgets the
 * next one to the same broker, which then nobody ends.
 */
function forget(connection: InstanceType<KafkaPackage["Connection"]>): void {
  connection.removeAllListeners("error").on("error", () => {});
  connection.close(() => {});
}

/** Where brokers name something else, Node throws in the midst of an event, which ends the process. */
function onlyToAddresses(pool: Pool): void {
  const get = pool.get.bind(pool) as Get;
  const guarded: Get = (broker, callback) => {
    const { host, port } = broker ?? {};
    if (host === undefined || port === undefined || isAddress(host, port)) return get(broker, callback);
    callback(new NoAddress(`a broker names an address that is none: ${excerpt(`${host}:${port}`, 60)}`));
  };
  pool.get = guarded as Pool["get"];
}

type Get = (broker: BrokerAddress | undefined, callback: (error: Error) => void) => void;

function isAddress(host: string, port: number): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(host) && port > 0 && port < 65_536;
}

function guard(socket: Socket, met: (error: Error) => void): void {
  const emit = socket.emit.bind(socket) as Emit;
  const beyond = sizesOf();
  const end = (error: Error) => {
    met(error);
    socket.destroy();
    return false;
  };
  const guarded: Emit = (event, ...values) => {
    if (event !== "data") return emit(event, ...values);
    if (socket.destroyed) return false;
    const piece = values[0] as Buffer;
    const foreign = beyond(piece);
    if (foreign !== undefined) return end(stranger(foreign));
    try {
      return emit(event, piece);
    } catch (error) {
      return end(error as Error);
    }
  };
  socket.emit = guarded as Socket["emit"];
}

type Emit = (event: string | symbol, ...values: unknown[]) => boolean;

/** Follows answers by their sizes, piece by piece; gives back the bytes from one on that can be none. */
function sizesOf(): (piece: Buffer) => Buffer | undefined {
  /** Bytes of an answer that are still to come; of the next one, its size may have come in part. */
  let left = 0;
  let begun = Buffer.alloc(0);
  return (piece) => {
    let at = 0;
    while (at < piece.length) {
      if (left === 0) {
        const more = piece.subarray(at, at + sizeBytes - begun.length);
        begun = Buffer.concat([begun, more]);
        at += more.length;
        if (begun.length < sizeBytes) return undefined;
        left = begun.readInt32BE();
        if (left < sizeBytes || left > longestAnswer) return Buffer.concat([begun, piece.subarray(at)]);
        begun = Buffer.alloc(0);
      }
      const taken = Math.min(left, piece.length - at);
      left -= taken;
      at += taken;
    }
    return undefined;
  };
}

/** What is no answer: by how it begins. */
function stranger(bytes: Buffer): NotKafka {
  // An alert of TLS (RFC 8446 §5.1), which is what a client without it is told.
  if (bytes[0] === 0x15 && bytes[1] === 0x03)
    return new NotKafka("the port speaks TLS", "set `transport: tls`, and `tls` where it needs settings");
  return new NotKafka(
    `what answers does not speak Kafka: ${excerpt(bytes.toString("latin1"), 60)}`,
    "check host and port of `brokers`: what answers there is not a broker of Kafka",
  );
}
