import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { isTestEvent } from "../event/test-event.ts";
import { syslogFrames } from "./syslog-frames.ts";

/** What the receiver can be told to do. */
export type SyslogBehavior =
  /** Reads everything and closes when the sender has ended. */
  | "accept"
  /** Reads everything and never closes. */
  | "keep_open"
  /** Takes the connection and does not read. */
  | "hang"
  /** Resets the connection as soon as bytes or the sender's end come. */
  | "reset"
  /** Reads the first piece, then dies with the rest unread. */
  | "die"
  /** Reads everything and resets the connection instead of closing it. */
  | "cut"
  /** Ends its side at once and goes on reading. */
  | "half_close"
  /** Closes at once, as a receiver does that has too many connections. */
  | "refuse"
  /** Takes everything and drops it; ends each connection by itself, a while after it was made. */
  | "no_backend"
  /** Reads everything, and takes a while to close when the sender has ended. */
  | "slow_close";

/** All of them. */
export const syslogBehaviors: readonly SyslogBehavior[] = [
  "accept",
  "keep_open",
  "hang",
  "reset",
  "die",
  "cut",
  "half_close",
  "refuse",
  "no_backend",
  "slow_close",
];

/** Of a balancer whose receiver refuses every connection, and of a receiver that is busy. */
const whileMs = 700;

/** The stand-in, and what it took. */
export interface SyslogReceiver {
  readonly port: number;
  /** What goes into `address`. */
  readonly url: string;
  /** For connections made from now on. */
  behave(behavior: SyslogBehavior): void;
  /** The newest messages, oldest first, without their framing. */
  taken(): readonly string[];
  /** Messages ever taken. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  /** Connections ever made. */
  connections(): number;
  /** Connections there are. */
  open(): number;
  /** Cuts the connections there are. */
  cut(): void;
  close(): Promise<void>;
}

/** What the receiver is like. */
export interface SyslogReceiverOptions {
  readonly transport: "tls" | "tcp" | "udp";
  readonly port?: number;
  readonly tls?: TlsOptions;
  /** How many messages `taken` keeps. */
  readonly keep?: number;
  readonly onMessage?: (message: string) => void;
}

/** A stand-in for a syslog receiver, on loopback. Takes both framings, told apart by the first byte. */
export async function startSyslogReceiver(options: SyslogReceiverOptions): Promise<SyslogReceiver> {
  const keep = options.keep ?? 100_000;
  const sockets = new Set<Socket>();
  let behavior: SyslogBehavior = "accept";
  let messages: string[] = [];
  let count = 0;
  let tests = 0;
  let connections = 0;

  function take(message: Buffer): void {
    const text = message.toString();
    count++;
    if (isTestEvent(text)) tests++;
    messages.push(text);
    // Cut now and then, so that a long rehearsal does not fill the memory.
    if (messages.length >= 2 * keep) messages = messages.slice(-keep);
    options.onMessage?.(text);
  }

  const listener =
    options.transport === "udp"
      ? await bindUdp(options.port ?? 0, take)
      : await listen(options, sockets, (socket, reset) => {
          connections++;
          play(behavior, socket, reset, take);
        });
  return {
    port: listener.port,
    url: `${options.transport}://127.0.0.1:${listener.port}`,
    behave(next) {
      behavior = next;
    },
    taken: () => messages.slice(-keep),
    count: () => count,
    tests: () => tests,
    connections: () => connections,
    open: () => sockets.size,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return listener.close();
    },
  };
}

function play(
  behavior: SyslogBehavior,
  socket: Socket,
  reset: () => void,
  take: (message: Buffer) => void,
): void {
  if (behavior === "hang") return void socket.pause();
  if (behavior === "refuse") return void socket.destroy();
  if (behavior === "reset") return void socket.once("data", reset).once("end", reset);
  if (behavior === "no_backend") {
    socket.resume();
    later(() => socket.end());
    return;
  }
  const frames = syslogFrames(take);
  if (behavior === "die")
    return void socket.once("data", (piece: Buffer) => {
      frames.push(piece);
      reset();
    });
  socket.on("data", (piece: Buffer) => {
    try {
      frames.push(piece);
    } catch {
      socket.destroy();
    }
  });
  if (behavior === "half_close") socket.end();
  if (behavior === "accept") socket.on("end", () => socket.end());
  if (behavior === "slow_close") socket.on("end", () => later(() => socket.end()));
  if (behavior === "cut") socket.on("end", reset);
}

function later(then: () => void): void {
  setTimeout(then, whileMs).unref();
}

interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

type Serve = (socket: Socket, reset: () => void) => void;

async function listen(
  { transport, port, tls }: SyslogReceiverOptions,
  open: Set<Socket>,
  serve: Serve,
): Promise<Listener> {
  // Half-open, so that the end of a sender is answered only when the behavior says so.
  const server =
    transport === "tls"
      ? createTlsServer({ ...tls, allowHalfOpen: true })
      : createTcpServer({ allowHalfOpen: true });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    if (transport === "tcp") serve(socket, () => socket.resetAndDestroy());
  });
  server.on("secureConnection", (secured: TLSSocket) => {
    secured.on("error", () => {});
    // A TLS socket cannot be reset; the connection below it can.
    const below = [...open].find(({ remotePort }) => remotePort === secured.remotePort);
    serve(secured, () => below?.resetAndDestroy());
  });
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  server.listen(port ?? 0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bindUdp(port: number, take: (message: Buffer) => void): Promise<Listener> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_194_304 });
  socket.on("message", take);
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
